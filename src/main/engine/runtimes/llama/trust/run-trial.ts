import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { GgufVerdict } from '../../../spec/llama-runtime.ts'
import type { TrialMessage, TrialTask } from './trial-protocol.ts'

/** Starting the child and its llama.cpp, which says nothing about the file. */
const START_LIMIT_MS = 60_000
const FILE_LIMIT_MS = 12_000
/** A slow disk reads this much a second; large files get more time accordingly. */
const BYTES_PER_SECOND = 50 * 1024 * 1024
const CHILD_HEAP_MB = 512
const KEPT_STDERR = 16_384

/** How a trial ended; `inconclusive` means that the child never got to the file. */
export type TrialOutcome = GgufVerdict | { state: 'inconclusive'; reason: string }

/**
 * Loads the file in a disposable process and gives the verdict with a plain reason. Never throws for a bad file;
 * rejects with the signal's reason if aborted.
 */
export function runTrial(
  trialUrl: URL,
  task: TrialTask,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  signal.throwIfAborted()
  const limitMs = FILE_LIMIT_MS + Math.ceil((sizeBytes / BYTES_PER_SECOND) * 1000)
  return new Promise<TrialOutcome>((resolve, reject) => {
    const child = fork(fileURLToPath(trialUrl), {
      // ELECTRON_RUN_AS_NODE: in the packaged app execPath is Electron. GGML_NO_BACKTRACE: a crashing child must not
      // start a debugger to print its stack.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', GGML_NO_BACKTRACE: '1' },
      execArgv: [`--max-old-space-size=${CHILD_HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let stderr = ''
    let phase: string | null = null
    let outcome: TrialOutcome | null = null
    let timer = setTimeout(() => give(tooSlow(null, START_LIMIT_MS)), START_LIMIT_MS)

    function give(result: TrialOutcome): void {
      outcome ??= result
      child.kill('SIGKILL')
    }
    function onAbort(): void {
      child.kill('SIGKILL')
    }
    signal.addEventListener('abort', onAbort, { once: true })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-KEPT_STDERR)
    })
    child.on('message', (message: TrialMessage) => {
      if (message.type === 'ready') {
        clearTimeout(timer)
        timer = setTimeout(() => give(tooSlow(phase, limitMs)), limitMs)
        phase = 'starting'
      } else if (message.type === 'phase') phase = message.phase
      else if (message.type === 'passed') give({ state: 'trusted' })
      else give(phase === null ? inconclusive(message.reason) : refused(message.reason))
    })
    child.on('error', (error) => {
      outcome ??= inconclusive(error.message)
    })
    child.on('close', (code, childSignal) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      if (outcome !== null) resolve(outcome)
      else if (signal.aborted) reject(signal.reason)
      else resolve(died(phase, code, childSignal, stderr))
    })
    child.send(task)
  })
}

function refused(reason: string): GgufVerdict {
  return { state: 'quarantined', reason: `llama.cpp refuses this file: ${reason.replace(/\.+$/, '')}.` }
}

function inconclusive(reason: string): TrialOutcome {
  return { state: 'inconclusive', reason: `The file could not be checked: ${reason.replace(/\.+$/, '')}.` }
}

function tooSlow(phase: string | null, limitMs: number): TrialOutcome {
  const seconds = Math.round(limitMs / 1000)
  if (phase === null) return inconclusive(`the check did not start within ${seconds} seconds`)
  return { state: 'quarantined', reason: `Loading this file hangs: ${phase} took more than ${seconds} seconds.` }
}

/** A child that ended by itself without a word: native code aborted it, or it ran out of memory. */
function died(phase: string | null, code: number | null, signal: NodeJS.Signals | null, stderr: string): TrialOutcome {
  const lines = stderr.split('\n').map((line) => line.trim())
  const assertion = lines.find((line) => /GGML_ASSERT|GGML_ABORT|Assertion .* failed/.test(line))
  const heap = lines.find((line) => /heap out of memory|heap limit/i.test(line))
  const how = signal ?? `exit code ${code}`
  if (phase === null && assertion === undefined) return inconclusive(`the check ended at its start (${how})`)
  if (heap !== undefined) {
    return { state: 'quarantined', reason: 'Reading this file takes more memory than any sound model needs.' }
  }
  const detail = assertion === undefined ? how : assertion.replace(/^.*[\\/]/, '')
  return { state: 'quarantined', reason: `Loading this file crashes llama.cpp (native code aborted: ${detail}).` }
}
