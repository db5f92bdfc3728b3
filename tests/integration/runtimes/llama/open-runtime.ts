import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLlamaRuntime, type LlamaRuntimeParts } from '../../../../src/main/engine/runtimes/llama/llama-runtime.ts'
import type { ChatMessage, ChatRequest } from '../../../../src/main/engine/spec/chat-request.ts'
import type { GgufRegistry, GgufVerdict, LlamaRuntime } from '../../../../src/main/engine/spec/llama-runtime.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import { systemClock } from '../../../../src/main/engine/spec/system-clock.ts'
import type { GgufFile, LoadOptions } from '../../../../src/shared/models.ts'
import { type Settings, settingsSchema } from '../../../../src/shared/settings.ts'
import { createTestLog } from '../../../support/test-log.ts'
import { ensureTestModels } from '../../../support/test-models.ts'
import { until } from '../../../support/until.ts'

/** A registry in memory, with the same meaning as the one in SQLite. */
export function createMemoryRegistry(): GgufRegistry & { verdicts: Map<string, GgufVerdict> } {
  const verdicts = new Map<string, GgufVerdict>()
  const options = new Map<string, LoadOptions>()
  const used = new Map<string, number>()
  const key = (path: string, size: number, time: number): string => `${path}\0${size}\0${time}`
  return {
    verdicts,
    verdict: (path, size, time) => verdicts.get(key(path, size, time)) ?? null,
    saveVerdict: (path, size, time, verdict) => void verdicts.set(key(path, size, time), verdict),
    forgetVerdict: (path) => {
      for (const known of [...verdicts.keys()]) if (known.startsWith(`${path}\0`)) verdicts.delete(known)
    },
    options: (id) => options.get(id) ?? {},
    saveOptions: (id, saved) => void options.set(id, saved),
    lastUsedAt: (id) => used.get(id) ?? null,
    touch: (id, at) => void used.set(id, at),
  }
}

export interface OpenedRuntime {
  runtime: LlamaRuntime
  folder: string
  registry: ReturnType<typeof createMemoryRegistry>
  log: ReturnType<typeof createTestLog>
  settings: { values: Settings }
  /** The file with this id, which must be there. */
  file: (id: string) => GgufFile
  /** Closes the runtime and deletes its folder. */
  close: () => Promise<void>
}

/** A started runtime on a folder of its own, with the demo model built in, on the CPU with one thread. */
export async function openRuntime(
  parts: Partial<LlamaRuntimeParts> = {},
  settings: Partial<Settings> = {},
): Promise<OpenedRuntime> {
  const { demo } = await ensureTestModels()
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-llama-'))
  const registry = createMemoryRegistry()
  const log = createTestLog()
  const listeners = new Set<(settings: Settings) => void>()
  const held = { values: settingsSchema.parse({ load: { threads: 1 }, ...settings }) }
  const runtime = createLlamaRuntime({
    workerUrl: new URL('../../../../src/main/llama-worker.ts', import.meta.url),
    trialUrl: new URL('../../../../src/main/llama-trial.ts', import.meta.url),
    modelsFolder: join(folder, 'models'),
    environmentFolders: [],
    builtInModels: [{ id: 'demo', path: demo }],
    gpu: 'off',
    settings: {
      get: () => held.values,
      update: (patch) => {
        held.values = settingsSchema.parse({ ...held.values, ...patch })
        for (const listener of listeners) listener(held.values)
        return { values: held.values, environment: {} }
      },
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    registry,
    log,
    clock: systemClock,
    ...parts,
  })
  await runtime.start()
  return {
    runtime,
    folder,
    registry,
    log,
    settings: held,
    file: (id) => {
      const found = runtime.files().find((file) => file.id === id)
      if (found === undefined) throw new Error(`no file "${id}"`)
      return found
    },
    close: async () => {
      await runtime.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A chat request of one user message, greedy unless told otherwise. */
export function ask(text: string | ChatMessage[], extra: Partial<ChatRequest> = {}): ChatRequest {
  const messages = typeof text === 'string' ? [user(text)] : text
  return { model: 'demo', messages, ...extra, sampling: { temperature: 0, ...extra.sampling } }
}

export function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

export interface Collected {
  text: string
  reasoning: string
  calls: { id: string; name: string; arguments: string }[]
  usage: Extract<StreamPart, { type: 'usage' }> | null
  finish: string | null
  parts: StreamPart[]
}

/** Reads a stream to its end. */
export async function collect(
  stream: AsyncIterable<StreamPart>,
  onPart?: (part: StreamPart) => void,
): Promise<Collected> {
  const result: Collected = { text: '', reasoning: '', calls: [], usage: null, finish: null, parts: [] }
  for await (const part of stream) {
    result.parts.push(part)
    onPart?.(part)
    if (part.type === 'text-delta') result.text += part.text
    else if (part.type === 'reasoning-delta') result.reasoning += part.text
    else if (part.type === 'usage') result.usage = part
    else if (part.type === 'finish') result.finish = part.reason
    else if (part.type === 'tool-call-delta') {
      const call = result.calls[part.index] ?? { id: part.id ?? '', name: part.name ?? '', arguments: '' }
      result.calls[part.index] = call
      call.arguments += part.argumentsDelta
    }
  }
  return result
}

export function never(): AbortSignal {
  return new AbortController().signal
}

/** Waits until the file has left `checking`. */
export function settled(opened: OpenedRuntime, id: string, withinMs = 20_000): Promise<GgufFile> {
  return until(
    `${id} is checked`,
    () => opened.runtime.files().find((file) => file.id === id && file.state !== 'checking') ?? null,
    withinMs,
  )
}
