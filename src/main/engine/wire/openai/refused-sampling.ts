import { refusesPenalties, refusesStop } from '../parameters/model-rules.ts'
import { BodyDraft, isSamplingFixed, type OpenAiBodyRules, type RuledBody } from '../parameters/openai-body-rules.ts'

type Rules = Pick<OpenAiBodyRules, 'fixedSampling'>
type Refuses = (model: string, rules: Rules) => boolean

/** What reasoning models refuse whatever its value, with the value that asks for nothing. */
const REFUSED: readonly [field: string, neutral: unknown, refuses: Refuses][] = [
  ['presence_penalty', 0, refusesPenalties],
  ['frequency_penalty', 0, refusesPenalties],
  ['logit_bias', null, refusesPenalties],
  ['logprobs', false, isSamplingFixed],
  ['top_logprobs', 0, isSamplingFixed],
  ['stop', null, refusesStop],
]

/**
 * Leaves out of a chat what a reasoning model would refuse it for: all such fields of a translated one, as a caller of
 * another dialect cannot know which model is behind a name, or `only` those that a record decided. `temperature` and
 * `top_p` fall under the rules for every body.
 */
export function leaveOutRefusedSampling(
  body: Readonly<Record<string, unknown>>,
  model: string,
  rules: Rules,
  only?: ReadonlySet<string>,
): RuledBody {
  const draft = new BodyDraft(body)
  // Other services that offer these models take the fields, or pass over them.
  if (rules.fixedSampling === 'never') return draft.result()
  for (const [field, neutral, refuses] of REFUSED) {
    if (body[field] === undefined || only?.has(field) === false || !refuses(model, rules)) continue
    if (body[field] === neutral) draft.remove(field)
    else draft.leaveOut(field)
  }
  return draft.result()
}
