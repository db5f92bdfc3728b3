import type { ChatRequest, ReasoningOptions } from '../../spec/chat-request.ts'
import { type AnthropicEffort, type AnthropicModelFacts, EFFORTS } from './model-facts.ts'

/** The smallest budget that the API takes. */
const MIN_BUDGET = 1024
/** What effort is worth in tokens, for models that are told a budget. */
const BUDGETS: Record<NonNullable<ReasoningOptions['effort']>, number> = {
  minimal: 1024,
  low: 4096,
  medium: 10_240,
  high: 24_576,
  xhigh: 32_768,
}
/** Up to these budgets an effort is the nearest, for models that are told an effort. */
const EFFORT_OF_BUDGET: [number, AnthropicEffort][] = [
  [4096, 'low'],
  [12_288, 'medium'],
  [32_768, 'high'],
]

/** How a request asks for thoughts, in the API's fields. */
export interface EncodedThinking {
  thinking?: Record<string, unknown>
  effort?: AnthropicEffort
  /** Tokens of `max_tokens` that thoughts may take; 0 if there is no fixed budget. */
  budget: number
}

/**
 * Thinking as this model takes it: by budget, or adaptive with an effort. Left out, and named in `notSent`, where the API
 * would refuse the request with it: a forced tool, a budget that does not fit, and, by budget, a running tool call whose
 * own thoughts are not there with their signature.
 */
export function encodeThinking(
  request: ChatRequest,
  facts: AnthropicModelFacts,
  limits: { maxTokens: number | null; forcesTool: boolean },
  notSent: string[],
): EncodedThinking {
  const { reasoning } = request
  if (reasoning === undefined) return { budget: 0 }
  const canThink = facts.thinking.enabled || facts.thinking.adaptive
  const effort = nearestEffort(reasoning, facts, notSent)
  const off: EncodedThinking = {
    ...(canThink && facts.thinking.disabled ? { thinking: { type: 'disabled' } } : {}),
    budget: 0,
  }
  if (reasoning.enabled === false) {
    if (canThink && !facts.thinking.disabled) notSent.push('reasoning_effort')
    return off
  }
  const wanted = reasoning.enabled === true || reasoning.budgetTokens !== undefined || !canSayEffort(facts)
  if (!canThink || limits.forcesTool) {
    if (wanted || effort === undefined) notSent.push('reasoning_effort')
    return canThink ? off : { budget: 0 }
  }
  // An effort alone is a wish for thoughts too, as it is in the OpenAI dialect.
  const byBudget = facts.thinking.enabled && (!facts.thinking.adaptive || reasoning.budgetTokens !== undefined)
  if (!byBudget) {
    if (reasoning.budgetTokens !== undefined) notSent.push('thinking.budget_tokens')
    return {
      // These models keep their thoughts to themselves unless asked.
      thinking: { type: 'adaptive', ...(facts.thinking.enabled ? {} : { display: 'summarized' }) },
      ...(effort === undefined ? {} : { effort }),
      budget: 0,
    }
  }
  const budget = fittingBudget(reasoning, limits.maxTokens ?? facts.maxOutput)
  if (budget === null || lacksSignature(request)) {
    notSent.push('reasoning_effort')
    return off
  }
  return { thinking: { type: 'enabled', budget_tokens: budget }, ...(effort === undefined ? {} : { effort }), budget }
}

function canSayEffort(facts: AnthropicModelFacts): boolean {
  return facts.effort.length > 0
}

/** The effort that was asked for, or the next lower one that the model knows. */
function nearestEffort(
  { effort, budgetTokens }: ReasoningOptions,
  facts: AnthropicModelFacts,
  notSent: string[],
): AnthropicEffort | undefined {
  if (!canSayEffort(facts)) return undefined
  const fromBudget =
    budgetTokens === undefined || facts.thinking.enabled
      ? undefined
      : (EFFORT_OF_BUDGET.find(([upTo]) => budgetTokens <= upTo)?.[1] ?? 'xhigh')
  const wanted = effort === 'minimal' ? 'low' : (effort ?? fromBudget)
  if (wanted === undefined || facts.effort.includes(wanted)) return wanted
  const lower = EFFORTS.slice(0, EFFORTS.indexOf(wanted)).findLast((each) => facts.effort.includes(each))
  if (lower !== undefined) notSent.push(`reasoning_effort (limited to ${lower})`)
  return lower
}

/** The budget, within what may be written at all; null if not even the smallest fits. */
function fittingBudget({ effort, budgetTokens }: ReasoningOptions, maxTokens: number | null): number | null {
  const wanted = Math.max(MIN_BUDGET, budgetTokens ?? BUDGETS[effort ?? 'medium'])
  return maxTokens === null ? wanted : budgetWithin(maxTokens, wanted)
}

/** As much of a budget as fits into a cap; null if not even the smallest does. */
export function budgetWithin(maxTokens: number, wanted: number): number | null {
  // A fifth stays for the answer itself.
  const room = Math.floor(maxTokens * 0.8)
  return room < MIN_BUDGET ? null : Math.min(wanted, room)
}

/** True if the conversation goes on inside a tool call whose thoughts cannot be shown to be Anthropic's own. */
function lacksSignature({ messages }: ChatRequest): boolean {
  if (messages.at(-1)?.role !== 'tool') return false
  const last = messages.findLast((message) => message.role === 'assistant')
  return last?.role === 'assistant' && last.toolCalls !== undefined && last.reasoningSignature === undefined
}
