import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** A process under measurement that runs as users run it: without a channel to its parent, which changes how Node works. */
export interface MeasuredProcess {
  url: string
  pid: number
  end(): Promise<void>
}

/** The path of a file of this folder. */
export function benchFile(name: string): string {
  return join(import.meta.dirname, name)
}

/** Starts Node with these arguments and waits until it prints `ready at <url>`. */
export async function startProcess(...args: string[]): Promise<MeasuredProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, SWITCHYARD_GPU: 'off' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return { url: await readyAt(child), pid: child.pid ?? 0, end: () => end(child) }
}

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const url = /ready at (http:\S+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready: ${output}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exited
}
