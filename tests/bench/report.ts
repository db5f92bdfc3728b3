import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'

/** One measured line. `limit` makes it a gate: the bench fails when the value is beyond it. */
export interface Figure {
  group: string
  name: string
  value: number
  unit: string
  /** Says what the value is compared with, e.g. "bare node:http". */
  against?: string
  limit?: number
  limitKind?: 'at most' | 'at least'
}

/** Collects figures, prints them as they come, and writes them as JSON at the end. */
export class Report {
  readonly figures: Figure[] = []

  add(figure: Figure): void {
    this.figures.push(figure)
    const against = figure.against === undefined ? '' : ` of ${figure.against}`
    const limit =
      figure.limit === undefined
        ? ''
        : `   (${figure.limitKind ?? 'at most'} ${figure.limit}${isWithin(figure) ? '' : ' — MISSED'})`
    console.log(`  ${figure.name.padEnd(58)} ${format(figure.value).padStart(9)} ${figure.unit}${against}${limit}`)
  }

  missed(): Figure[] {
    return this.figures.filter((figure) => !isWithin(figure))
  }

  write(folder: string): string {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`)
    const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.versions.node }
    writeFileSync(
      path,
      `${JSON.stringify({ at: new Date().toISOString(), machine, figures: this.figures }, null, 2)}\n`,
    )
    return path
  }
}

function isWithin({ value, limit, limitKind }: Figure): boolean {
  if (limit === undefined) return true
  return limitKind === 'at least' ? value >= limit : value <= limit
}

function format(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
