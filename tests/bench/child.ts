import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** A process under measurement that answers questions over IPC. */
export interface MeasuredChild {
  child: ChildProcess
  ready: Record<string, unknown>
  ask(question: string): Promise<Record<string, unknown>>
  end(): Promise<void>
}

/** Forks a bench process and waits for its first message. */
export async function startChild(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<MeasuredChild> {
  const child = fork(join(import.meta.dirname, file), args, { env: { ...process.env, ...env } })
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
  ended.catch(() => undefined)
  const next = () =>
    Promise.race([
      ended,
      new Promise<Record<string, unknown>>((resolve) =>
        child.once('message', (message) => resolve(message as Record<string, unknown>)),
      ),
    ])
  const ready = await next()
  return {
    child,
    ready,
    ask(question) {
      const answer = next()
      child.send({ question })
      return answer
    },
    async end() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Resident memory of a process in MB, from /proc; NaN elsewhere. */
export async function residentMegabytes(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Processor time that a process has used so far, in microseconds, from /proc; NaN elsewhere. */
export async function processorMicroseconds(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
    // utime and stime, in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return Number.NaN
  }
}
