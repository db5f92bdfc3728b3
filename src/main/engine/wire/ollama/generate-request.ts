import { z } from 'zod'
import type { ChatMessage, ChatRequest, CompletionRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { userContent } from './chat-messages.ts'
import { keepAliveField, optionsSchema, optionsToHints, optionsToSampling } from './options.ts'
import {
  askedLogprobs,
  formatField,
  logprobsFields,
  modelField,
  requireModel,
  thinkField,
  toReasoning,
  toResponseFormat,
} from './request-fields.ts'

const bodySchema = z.object({
  model: modelField,
  prompt: z.string().nullish(),
  suffix: z.string().nullish(),
  system: z.string().nullish(),
  template: z.string().nullish(),
  context: z.array(z.number()).nullish(),
  raw: z.boolean().nullish(),
  images: z.array(z.string()).nullish(),
  format: formatField,
  options: optionsSchema.nullish(),
  think: thinkField,
  stream: z.boolean().nullish(),
  keep_alive: keepAliveField,
  truncate: z.boolean().nullish(),
  shift: z.boolean().nullish(),
  ...logprobsFields,
})
type Body = z.output<typeof bodySchema>

/** A decoded request: a prompt for the chat template, a raw prompt, or (without a prompt) a wish to load or unload. */
export type OllamaGenerate = {
  stream: boolean
  /** Fields that the engine has no place for. */
  notSent: string[]
} & (
  | { kind: 'chat'; request: ChatRequest }
  | { kind: 'raw'; request: CompletionRequest }
  | { kind: 'load'; request: ChatRequest }
)

/** Decodes a POST /api/generate body. Throws `invalid_request` or `unsupported`, naming the field. */
export function decodeOllamaGenerate(json: unknown): OllamaGenerate {
  const body = parseRequest(bodySchema, json)
  const model = requireModel(body.model)
  const stream = body.stream ?? true
  const raw = body.raw ?? false
  refuseWhatWeCannot(body, raw)
  const options = body.options ?? {}
  const shared = {
    model,
    responseFormat: toResponseFormat(body.format),
    sampling: optionsToSampling(options),
    runtime: optionsToHints(options, body),
  }
  const prompt = body.prompt ?? ''
  const notSent = askedLogprobs(body)
  if (prompt !== '' && (raw || body.suffix)) {
    const request = withoutUndefined({ ...shared, prompt, suffix: body.suffix || undefined })
    return { kind: 'raw', stream, notSent, request }
  }
  const messages: ChatMessage[] = []
  if (body.system) messages.push({ role: 'system', content: body.system })
  if (prompt !== '') messages.push({ role: 'user', content: userContent(prompt, body.images ?? [], 'images') })
  const request: ChatRequest = withoutUndefined({
    ...shared,
    messages,
    reasoning: toReasoning(body.think),
  })
  return { kind: prompt === '' ? 'load' : 'chat', stream, notSent, request }
}

function refuseWhatWeCannot(body: Body, raw: boolean): void {
  const hasContext = body.context != null && body.context.length > 0
  if (raw && (body.template || body.system || hasContext)) {
    throw new EngineError('invalid_request', 'raw mode does not support template, system, or context')
  }
  if (body.images?.length && (raw || body.suffix)) {
    throw new EngineError(
      'unsupported',
      "'images' cannot be sent along with 'raw' or 'suffix': send them to /api/chat",
      {
        param: 'images',
      },
    )
  }
  if (body.logprobs === true && (raw || body.suffix)) {
    throw new EngineError('unsupported', "'logprobs' is not supported along with 'raw' or 'suffix'", {
      param: 'logprobs',
    })
  }
  if (hasContext) {
    throw new EngineError('unsupported', "'context' is not supported: send the conversation to /api/chat instead", {
      param: 'context',
    })
  }
  if (body.template) {
    throw new EngineError('unsupported', "'template' is not supported: use the model's own template, or raw mode", {
      param: 'template',
    })
  }
}
