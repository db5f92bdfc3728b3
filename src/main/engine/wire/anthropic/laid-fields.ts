import { isDeepStrictEqual } from 'node:util'
import type { Sampling } from '../../spec/chat-request.ts'
import { isPlainObject } from '../parameters/parameter-casts.ts'
import { withoutUndefined } from '../without-undefined.ts'
import type { AnthropicModelFacts } from './model-facts.ts'
import { samplingFields, tokenCap } from './upstream-request.ts'
import { budgetWithin } from './upstream-thinking.ts'

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
    const cap = tokenCap(body.max_tokens, facts, notSent) ?? body.max_tokens
    if (cap !== body.max_tokens) taken = { ...taken, max_tokens: cap }
    const thinking = fittingThinking(body.thinking, cap, notSent)
    if (thinking !== body.thinking) taken = { ...taken, thinking }
  }
  if (SAMPLING.some((field) => laid.has(field))) {
    const { temperature: _t, top_p: _p, top_k: _k, stop_sequences: _s, ...rest } = taken
    const sampling = samplingFields(samplingOf(body), facts, thinks(taken), notSent)
    if (SAMPLING.some((field) => !isDeepStrictEqual(body[field] ?? undefined, sampling[field]))) {
      taken = { ...rest, ...sampling }
    }
  }
  return { body: taken, notSent }
}

/** Thoughts have to fit into the cap, and a record's cap may be below the budget that the client gave them. */
function fittingThinking(thinking: unknown, cap: number, notSent: string[]): unknown {
  if (!isPlainObject(thinking) || typeof thinking.budget_tokens !== 'number' || thinking.budget_tokens < cap) {
    return thinking
  }
  const budget = budgetWithin(cap, thinking.budget_tokens)
  notSent.push(budget === null ? 'thinking' : `thinking.budget_tokens (limited to ${budget})`)
  return budget === null ? { type: 'disabled' } : { ...thinking, budget_tokens: budget }
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
