import { readFileSync } from 'node:fs'

/** Of one processor since the machine started, in ticks of 10 ms: all its time, and what the host kept from it. */
export interface ProcessorTime {
  total: number
  stolen: number
}

/** A line for each processor, from Linux's /proc/stat; empty elsewhere. */
export function processorTimes(): ProcessorTime[] {
  try {
    return readFileSync('/proc/stat', 'utf8')
      .split('\n')
      .filter((line) => /^cpu\d/.test(line))
      .map((line) => {
        // cpu0 user nice system idle iowait irq softirq steal (guest time is part of user)
        const fields = line.split(/\s+/).slice(1, 9).map(Number)
        return { total: fields.reduce((sum, field) => sum + field, 0), stolen: fields[7] ?? 0 }
      })
  } catch {
    // Only Linux has this file.
    return []
  }
}
