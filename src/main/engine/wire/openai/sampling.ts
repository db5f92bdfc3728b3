import { z } from 'zod'
import type { Sampling } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { parseLogitBias } from '../parameters/logit-bias.ts'
import { seedField } from '../seed.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** The cap on tokens; -1, which several local servers take as "no cap", is accepted too. */
const tokenCap = z
  .number()
  .int()
  .refine((cap) => cap >= 1 || cap === -1, 'must be at least 1')
  .nullish()

/** Sampling fields that chat completions and completions share, with the extras that local servers agree on. */
export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: seedField,
  max_tokens: tokenCap,
  max_completion_tokens: tokenCap,
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  repeat_penalty: z.number().positive().nullish(),
  repetition_penalty: z.number().positive().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  logit_bias: z.preprocess(
    (value) => (typeof value === 'string' ? parseLogitBias(value) : value),
    z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  ),
  n: z.number().int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  keep_alive: z.union([z.string(), z.number()]).nullish(),
}
const samplingSchema = z.object(samplingFields)

/** The engine's sampling for OpenAI's fields. */
export function toSampling(body: z.output<typeof samplingSchema>): Sampling {
  if (body.n !== undefined && body.n !== null && body.n !== 1) {
    throw new EngineError('unsupported', `Switchyard gives one choice per request: 'n' must be 1, not ${body.n}.`, {
      param: 'n',
    })
  }
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined
  const stop = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? undefined)
  const topK = body.top_k ?? undefined
  const biases = Object.keys(body.logit_bias ?? {}).length
  return withoutUndefined({
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    // 0 and -1 both mean "off" in the field; llama.cpp says 0.
    topK: topK === undefined ? undefined : Math.max(0, topK),
    minP: body.min_p ?? undefined,
    seed: body.seed ?? undefined,
    maxTokens: maxTokens === -1 ? undefined : maxTokens,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    repeatPenalty: body.repeat_penalty ?? body.repetition_penalty ?? undefined,
    stop: stop?.filter((text) => text !== ''),
    logitBias: biases === 0 ? undefined : (body.logit_bias ?? undefined),
  })
}

/** Refuses a field that would change the answer in a way we cannot deliver. */
export function refuseUnsupported(present: boolean, param: string, why: string): void {
  if (present) throw new EngineError('unsupported', `'${param}' is not supported: ${why}`, { param })
}
