import type { Sampling } from '../../spec/chat-request.ts'
import { isPlainObject } from '../parameters/parameter-casts.ts'
import { withoutUndefined } from '../without-undefined.ts'
import type { AnthropicModelFacts } from './model-facts.ts'
import { samplingFields, tokenCap } from './upstream-request.ts'

type Body = Readonly<Record<string, unknown>>

const SAMPLING = ['temperature', 'top_p', 'top_k', 'stop_sequences'] as const

/**
 * A client's body in which a model's records decided the `laid` fields: what this model does not take of them is left out
 * and named, as in a request that was decoded. What the client said by itself is the client's to hear about.
 */
export function withTakenFields(
  body: Body,
  laid: ReadonlySet<string>,
  facts: AnthropicModelFacts,
): { body: Body; notSent: string[] } {
  const notSent: string[] = []
  let taken = body
  if (laid.has('max_tokens') && typeof body.max_tokens === 'number') {
    taken = { ...taken, max_tokens: tokenCap(body.max_tokens, facts, notSent) }
  }
  if (SAMPLING.some((field) => laid.has(field))) {
    const { temperature: _t, top_p: _p, top_k: _k, stop_sequences: _s, ...rest } = taken
    taken = { ...rest, ...samplingFields(samplingOf(body), facts, thinks(body), notSent) }
  }
  return { body: taken, notSent }
}

function samplingOf({ temperature, top_p: topP, top_k: topK, stop_sequences: stop }: Body): Sampling {
  return withoutUndefined({
    temperature: numberOrNone(temperature),
    topP: numberOrNone(topP),
    topK: numberOrNone(topK),
    stop: Array.isArray(stop) ? stop.filter((text) => typeof text === 'string') : undefined,
  })
}

function numberOrNone(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function thinks({ thinking }: Body): boolean {
  return isPlainObject(thinking) && (thinking.type === 'enabled' || thinking.type === 'adaptive')
}
