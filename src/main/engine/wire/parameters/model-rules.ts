import { remembered } from '#shared/remembered.ts'

/** What OpenAI's newer model families have in common, as data: a new family is a new line here. */
export interface ModelFamily {
  /** Matches the model's bare name, in lower case. */
  pattern: RegExp
  /** Role of what the engine calls `system`. */
  systemRole: 'developer' | 'user'
}

/** The first match counts. Azure writes gpt-3.5 as gpt-35. */
const NEW_FAMILIES: readonly ModelFamily[] = [
  { pattern: /^o1-(mini|preview)/, systemRole: 'user' },
  { pattern: /^o\d+/, systemRole: 'developer' },
  { pattern: /^gpt-(?!35\b)([5-9]|[1-9]\d)/, systemRole: 'developer' },
]

/** Of the new families, those that refuse every temperature but 1; from gpt-5.1 on they take one if they do not reason. */
const FIXED_SAMPLING = /^(o\d+|gpt-5(?!\.\d|-chat))/

/** Those that refuse penalties and biases, whether they reason or not. */
const NO_PENALTIES = /^(o\d+|gpt-(?!35\b)([5-9]|[1-9]\d)(?!-chat))/
/** Those that refuse `stop`; o1 and o3-mini still take it. */
const NO_STOP = /^(o3(?!-mini)|o[4-9]|o[1-9]\d|gpt-(?!35\b)([5-9]|[1-9]\d)(?!-chat))/

/**
 * The newer family that a model belongs to: it takes `max_completion_tokens` and a role other than `system`.
 * Vendor prefixes (`openai/gpt-5`) do not count. Null for all other models.
 */
export const newModelFamily: (model: string) => ModelFamily | null = remembered(1_000, (model) => {
  const name = bareModelName(model)
  return NEW_FAMILIES.find(({ pattern }) => pattern.test(name)) ?? null
})

/** True for models whose sampling cannot be changed. */
export function hasFixedSampling(model: string): boolean {
  return FIXED_SAMPLING.test(bareModelName(model))
}

/** True for models that refuse `presence_penalty`, `frequency_penalty` and `logit_bias`. */
export function refusesPenalties(model: string): boolean {
  return NO_PENALTIES.test(bareModelName(model))
}

/** True for models that refuse `stop`. */
export function refusesStop(model: string): boolean {
  return NO_STOP.test(bareModelName(model))
}

/** `openai/gpt-5` as `gpt-5`, in lower case. */
export function bareModelName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase()
}
