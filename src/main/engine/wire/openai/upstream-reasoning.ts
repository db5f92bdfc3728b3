import type { ReasoningOptions } from '../../spec/chat-request.ts'
import { bareModelName, newModelFamily } from '../parameters/model-rules.ts'
import type { OpenAiQuirks } from './upstream-quirks.ts'

/** The wish to think, or not to, in the server's own fields. */
export function reasoningFields(
  reasoning: ReasoningOptions | undefined,
  model: string,
  quirks: Pick<OpenAiQuirks, 'reasoning' | 'reasoningOnlyForNewModels' | 'effortNone'>,
  notSent: string[],
): Record<string, unknown> {
  if (reasoning === undefined) return {}
  const { enabled, budgetTokens } = reasoning
  const effort = reasoning.effort ?? effortOfBudget(budgetTokens)
  const says = (field: string): Record<string, unknown> => {
    notSent.push(field)
    return {}
  }
  if (quirks.reasoning === 'openrouter') {
    if (enabled === false) return { reasoning: { enabled: false } }
    if (budgetTokens !== undefined) return { reasoning: { max_tokens: budgetTokens } }
    return { reasoning: effort === undefined ? { enabled: true } : { effort } }
  }
  if (budgetTokens !== undefined && enabled !== false) notSent.push('reasoning.max_tokens')
  if (quirks.reasoning === 'none') return says(enabled === false ? 'reasoning' : 'reasoning_effort')
  if (quirks.reasoning === 'thinking-type') {
    if (effort !== undefined && enabled !== false) notSent.push('reasoning_effort')
    return { thinking: { type: enabled === false ? 'disabled' : 'enabled' } }
  }
  if (quirks.reasoning === 'template') {
    if (enabled === false) return { chat_template_kwargs: { enable_thinking: false } }
    return {
      ...(effort === undefined ? {} : { reasoning_effort: effort }),
      ...(enabled === true ? { chat_template_kwargs: { enable_thinking: true } } : {}),
    }
  }
  const reasons = !quirks.reasoningOnlyForNewModels || newModelFamily(model) !== null
  if (enabled === false) {
    // A model that never reasons does as it is told without being told.
    if (!reasons) return {}
    const least = leastEffort(model, quirks)
    return least === null ? says('reasoning_effort') : { reasoning_effort: least }
  }
  if (effort === undefined) return {}
  return reasons ? { reasoning_effort: effort } : says('reasoning_effort')
}

/** The effort nearest to a cap on reasoning tokens, for servers that know no cap. */
export function effortOfBudget(budgetTokens: number | undefined): ReasoningOptions['effort'] {
  if (budgetTokens === undefined) return undefined
  if (budgetTokens <= 2_048) return 'low'
  return budgetTokens <= 10_240 ? 'medium' : 'high'
}

/** The least that a model can be asked to think; null if it cannot be asked for less than `low`, or might refuse to be. */
export function leastEffort(
  model: string,
  { reasoningOnlyForNewModels, effortNone }: Pick<OpenAiQuirks, 'reasoningOnlyForNewModels' | 'effortNone'>,
): 'none' | 'minimal' | null {
  const name = bareModelName(model)
  if (!reasoningOnlyForNewModels) {
    return effortNone === 'all' || (effortNone !== 'none' && effortNone.test(name)) ? 'none' : null
  }
  if (/^o\d/.test(name)) return null
  return /^gpt-5(?!\.\d)/.test(name) ? 'minimal' : 'none'
}
