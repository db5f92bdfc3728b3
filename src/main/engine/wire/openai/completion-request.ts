import { z } from 'zod'
import type { CompletionRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { keepAliveSeconds } from '../keep-alive.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { extraFields } from './extra-fields.ts'
import { refuseUnsupported, samplingFields, toSampling } from './sampling.ts'

const bodySchema = z.object({
  model: z.string().min(1),
  prompt: z.union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())]))]),
  suffix: z.string().nullish(),
  ...samplingFields,
  echo: z.boolean().nullish(),
  best_of: z.number().int().nullish(),
  logprobs: z.number().int().nullish(),
  user: z.string().nullish(),
})

/** A decoded request and how its answer is wanted. */
export interface OpenAiCompletion {
  request: CompletionRequest
  stream: boolean
  includeUsage: boolean
}

/** Decodes a POST /v1/completions body. Throws `invalid_request` or `unsupported`, naming the field. */
export function decodeOpenAiCompletion(json: unknown): OpenAiCompletion {
  const body = parseRequest(bodySchema, json)
  refuseUnsupported(body.echo === true, 'echo', 'the prompt is not repeated in the answer.')
  refuseUnsupported((body.best_of ?? 1) > 1, 'best_of', 'Switchyard gives one choice per request.')
  refuseUnsupported(body.logprobs != null && body.logprobs > 0, 'logprobs', 'token probabilities are not available.')
  const request: CompletionRequest = withoutUndefined({
    model: body.model,
    prompt: onePrompt(body.prompt),
    suffix: body.suffix || undefined,
    sampling: toSampling(body),
    runtime: body.keep_alive == null ? undefined : { keepAliveSeconds: keepAliveSeconds(body.keep_alive) },
    user: body.user || undefined,
    extra: extraFields(json, (name) => !(name in bodySchema.shape)),
  })
  return { request, stream: body.stream ?? false, includeUsage: body.stream_options?.include_usage ?? false }
}

function onePrompt(prompt: z.output<typeof bodySchema>['prompt']): string {
  if (typeof prompt === 'string') return prompt
  const [only, ...more] = prompt
  if (typeof only === 'string' && more.length === 0) return only
  if (prompt.length > 0 && prompt.every((item) => typeof item === 'string')) {
    throw new EngineError(
      'unsupported',
      "Several prompts in one request are not supported: 'prompt' must be one text.",
      {
        param: 'prompt',
      },
    )
  }
  throw new EngineError('invalid_request', "Invalid 'prompt': expected a text; token arrays are not accepted.", {
    param: 'prompt',
  })
}
