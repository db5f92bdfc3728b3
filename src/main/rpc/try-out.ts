import type { PresetInput } from '#shared/presets.ts'
import type { Engine, RouteOptions } from '../engine/spec/engine.ts'
import type { Principal } from '../engine/spec/principal.ts'
import type { StreamPart } from '../engine/spec/stream-part.ts'
import { unknownModel } from '../engine/spec/unknown-model.ts'
import { draftPreset, requireBase } from './draft-preset.ts'

/** What trying out a model yields: pieces of the answer, then its measures. */
export type TryOutEvent =
  | { type: 'text' | 'reasoning'; text: string }
  | { type: 'end'; tokensPerSecond: number | null; ttftMs: number | null }

/**
 * One answer of a saved model or of a draft of it, with the rights of the person who asks; nothing of it is kept. Ends
 * the request when the signal aborts or the reader leaves.
 */
export async function* tryOut(
  engine: Pick<Engine, 'pipeline' | 'presets' | 'resolver' | 'access'>,
  input: { id: string; draft: PresetInput | null; prompt: string },
  principal: Principal,
  signal: AbortSignal | undefined,
): AsyncGenerator<TryOutEvent, void, undefined> {
  const left = new AbortController()
  const stop = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal])
  const { model, options } = target(engine, input, principal)
  const startedAt = performance.now()
  let ttftMs: number | null = null
  let usage: Extract<StreamPart, { type: 'usage' }> | null = null
  try {
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: input.prompt }] }]
    const run = await engine.pipeline.chat({ model, messages, sampling: {} }, { principal, via: 'ui' }, stop, options)
    for await (const part of run.parts) {
      if (part.type === 'error') throw part.error
      if (part.type === 'usage') usage = part
      if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') continue
      ttftMs ??= performance.now() - startedAt
      if (part.text !== '') yield { type: part.type === 'text-delta' ? 'text' : 'reasoning', text: part.text }
    }
    const generateMs = usage?.timings?.generateMs ?? (ttftMs === null ? 0 : performance.now() - startedAt - ttftMs)
    yield { type: 'end', tokensPerSecond: speedOf(usage, generateMs), ttftMs }
  } finally {
    left.abort()
  }
}

/** A draft runs on the model below it, which the person must be allowed to use, with its own records in its place. */
function target(
  engine: Pick<Engine, 'presets' | 'resolver' | 'access'>,
  { id, draft }: { id: string; draft: PresetInput | null },
  principal: Principal,
): { model: string; options?: RouteOptions } {
  if (draft === null) return { model: id }
  const record = draftPreset(draft, engine.presets.find(id), principal)
  requireBase(engine, record, principal)
  const resolved = engine.resolver.resolveDraft(record)
  const below = record.baseModelId ?? record.id
  if (resolved === null) throw unknownModel(below)
  return { model: below, options: { resolved } }
}

/** Tokens after the first, over the time from the first to the last. */
function speedOf(usage: Extract<StreamPart, { type: 'usage' }> | null, generateMs: number): number | null {
  const tokens = usage?.usage.completionTokens ?? 0
  return tokens < 2 || generateMs <= 0 ? null : ((tokens - 1) / generateMs) * 1000
}
