import type { RuntimeHints } from '../../spec/chat-request.ts'

/** Hints that no server of the OpenAI family takes, by the name that callers gave them. */
const UNKNOWN_HINTS = [
  ['contextSize', 'num_ctx'],
  ['gpuLayers', 'num_gpu'],
  ['threads', 'num_thread'],
  ['batchSize', 'num_batch'],
  ['mmap', 'use_mmap'],
  ['mlock', 'use_mlock'],
  ['shift', 'shift'],
] as const

/**
 * What of a local runtime's hints can go into the body. How long a model stays loaded, and what becomes of a prompt
 * that is too long, are the server's own affair and are passed over in silence; the rest is named in `notSent`.
 */
export function runtimeFields(
  runtime: RuntimeHints | undefined,
  taken: ReadonlySet<string>,
  notSent: string[],
): Record<string, unknown> {
  if (runtime === undefined) return {}
  for (const [hint, name] of UNKNOWN_HINTS) if (runtime[hint] !== undefined) notSent.push(name)
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(runtime.options ?? {})) {
    if (value === undefined || value === null) continue
    if (taken.has(name)) fields[name] = value
    else notSent.push(name)
  }
  return fields
}
