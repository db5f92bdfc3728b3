import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const READY = /Switchyard is ready at (http:\/\/\S+)/

/** A running headless Switchyard, as a user would start it. */
export interface ServeProcess {
  url: string
  dataFolder: string
  pid: number
  child: ChildProcess
  /** Everything it has printed, stdout and stderr. */
  output(): string
  /** Ends it with a signal and resolves with how it ended. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

interface ServeOptions {
  /** Kept after the end if given; else a fresh folder that is removed. */
  dataFolder?: string
  env?: NodeJS.ProcessEnv
  args?: string[]
  readyWithinMs?: number
}

/** Starts the built out/main/serve.js on a free port and waits until it says that it is ready. */
export async function startServe(options: ServeOptions = {}): Promise<ServeProcess> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'switchyard-serve-'))
  const child = spawnServe(['--port', '0', '--data', dataFolder, ...(options.args ?? [])], options.env)
  const ended = endOf(child)
  let output = ''
  const ready = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready in time; it printed:\n${output}`)),
      options.readyWithinMs ?? 30_000,
    )
    const read = (chunk: string) => {
      output += chunk
      const url = READY.exec(output)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.setEncoding('utf8').on('data', read)
    child.stderr?.setEncoding('utf8').on('data', read)
    ended.then(({ code }) => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code} before it was ready; it printed:\n${output}`))
    })
  })
  const url = await ready
  return {
    url,
    dataFolder,
    pid: child.pid ?? -1,
    child,
    output: () => output,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      const end = await ended
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true })
      return end
    },
  }
}

/** Starts it with these arguments and resolves when it has ended by itself: for what must refuse to start. */
export async function runServe(
  args: string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnServe(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const { code } = await endOf(child)
  return { code, stdout, stderr }
}

function spawnServe(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'out/main/serve.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, SWITCHYARD_GPU: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}
