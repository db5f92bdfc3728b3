import type { ModelDefaults, Preset } from '#shared/presets.ts'
import type { ChatMessage } from '../../spec/chat-request.ts'
import type { Clock } from '../../spec/clock.ts'
import type { PromptContext } from '../../spec/presets.ts'
import { fillPrompt } from '../../wire/parameters/fill-prompt.ts'
import { systemOf, yieldsSystem } from './layer-params.ts'

/**
 * The prompts of a chain as one text, variables filled in: the base model's override first, the asked preset's last, as
 * if each put its own before the request's in turn. The global default speaks where no record does. Empty if nobody does.
 * A record whose prompt is a mere default is left out where the request brings one.
 */
export function chainPrompt(
  chain: readonly Preset[],
  defaults: Pick<ModelDefaults, 'params'>,
  requestHasOne: boolean,
  context: PromptContext,
  clock: Clock,
): string {
  let all = ''
  let speaks = false
  for (const record of chain) {
    const prompt = systemOf(record.params)
    if (prompt === null) continue
    speaks = true
    if (requestHasOne && yieldsSystem(record)) continue
    all = joinPrompts(fillPrompt(prompt, context, clock), all)
  }
  const global = speaks ? null : systemOf(defaults.params)
  return global === null ? all : fillPrompt(global, context, clock)
}

/** As Open WebUI joins them: the first, a line break, the second. */
export function joinPrompts(first: string, second: string): string {
  if (first === '' || second === '') return first + second
  return `${first}\n${second}`
}

/** True if the request begins with a system prompt that says something. */
export function hasSystemPrompt([first]: readonly ChatMessage[]): boolean {
  return first?.role === 'system' && first.content.trim() !== ''
}

/** The messages with a prompt before what they say themselves. */
export function withSystemPrompt(messages: ChatMessage[], prompt: string): ChatMessage[] {
  if (prompt === '') return messages
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: prompt }, ...messages]
  return [{ role: 'system', content: joinPrompts(prompt, first.content) }, ...rest]
}
