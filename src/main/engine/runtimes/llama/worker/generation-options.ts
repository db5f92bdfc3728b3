import type { LLamaContextualRepeatPenalty, LlamaModel, Token, TokenBias } from 'node-llama-cpp'
import type { Sampling } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import type { LlamaModule } from './native-runtime.ts'

/** Sampling as both LlamaChat and LlamaCompletion take it. */
export interface GenerationOptions {
  temperature: number
  topP: number
  topK: number
  minP: number
  seed: number
  repeatPenalty: false | LLamaContextualRepeatPenalty
  tokenBias?: TokenBias
  customStopTriggers?: string[]
}

/** Ollama's and llama.cpp's customary defaults; without a seed each request draws its own. */
const DEFAULTS = { temperature: 0.8, topP: 0.9, topK: 40, minP: 0.05, repeatLastN: 64 }

/** What llama.cpp computes with as 32-bit numbers; beyond these values nothing changes any more. */
const MOST = { temperature: 1_000, topK: 1_000_000, penalty: 1_000, repeatLastN: 1_000_000 }
/** A token with this bias is always chosen. */
const MOST_BIAS = 1_000
/** Each stop text is compared after every token. */
const MOST_STOPS = 256
const LONGEST_STOP = 10_000

/**
 * Turns the request's sampling into the library's options, bounded to what native code can take.
 * Throws `invalid_request` for what is no number, a bad logit bias or too many stop texts.
 */
export function generationOptions(
  sampling: Sampling,
  model: LlamaModel,
  module: LlamaModule,
  contextSize: number,
): GenerationOptions {
  const number = (name: keyof Sampling, standard: number, least: number, most: number): number => {
    const value = sampling[name] ?? standard
    return Math.min(most, Math.max(least, finite(name, value)))
  }
  const options: GenerationOptions = {
    temperature: number('temperature', DEFAULTS.temperature, 0, MOST.temperature),
    topP: number('topP', DEFAULTS.topP, 0, 1),
    topK: Math.trunc(number('topK', DEFAULTS.topK, 0, MOST.topK)),
    minP: number('minP', DEFAULTS.minP, 0, 1),
    seed: seedNumber(sampling.seed),
    repeatPenalty: repeatPenalty(number, contextSize),
  }
  const stop = stopTexts(sampling.stop ?? [])
  if (stop.length > 0) options.customStopTriggers = stop
  if (sampling.logitBias !== undefined) options.tokenBias = tokenBias(sampling.logitBias, model, module)
  return options
}

function finite(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new EngineError('invalid_request', `"${name}" is not a number that can be computed with.`, { param: name })
}

function stopTexts(texts: readonly string[]): string[] {
  const stop = [...new Set(texts)].filter((text) => text !== '')
  if (stop.length <= MOST_STOPS && stop.every((text) => text.length <= LONGEST_STOP)) return stop
  throw new EngineError(
    'invalid_request',
    `At most ${MOST_STOPS} stop texts of ${LONGEST_STOP} characters can be watched for.`,
    { param: 'stop' },
  )
}

/** llama.cpp takes 32 bits; any integer of a client maps to one of them, the same each time. */
function seedNumber(seed: number | undefined): number {
  if (seed === undefined || seed === -1) return Math.floor(Math.random() * 0xffff_ffff)
  return Number(BigInt.asUintN(32, BigInt(Math.trunc(finite('seed', seed)))))
}

type BoundedNumber = (name: keyof Sampling, standard: number, least: number, most: number) => number

function repeatPenalty(number: BoundedNumber, contextSize: number): false | LLamaContextualRepeatPenalty {
  // A factor of zero or less would divide by zero or turn the order around.
  const penalty = number('repeatPenalty', 1, 1 / MOST.penalty, MOST.penalty)
  const frequencyPenalty = number('frequencyPenalty', 0, -MOST.penalty, MOST.penalty)
  const presencePenalty = number('presencePenalty', 0, -MOST.penalty, MOST.penalty)
  const lastTokens = Math.trunc(number('repeatLastN', DEFAULTS.repeatLastN, -1, MOST.repeatLastN))
  const asked = penalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0
  if (!asked || lastTokens === 0) return false
  // llama.cpp keeps room for as many tokens as it is told to look back on; -1 is the whole context.
  const looksBack = lastTokens < 0 ? contextSize : Math.min(lastTokens, contextSize)
  return { penalty, lastTokens: looksBack, frequencyPenalty, presencePenalty }
}

function tokenBias(bias: Record<string, number>, model: LlamaModel, module: LlamaModule): TokenBias {
  const result = module.TokenBias.for(model)
  // llama.cpp writes past its arrays for a token that the vocabulary does not have.
  const size = vocabularySize(model)
  for (const [key, value] of Object.entries(bias)) {
    const token = Number(key)
    if (!Number.isInteger(token) || token < 0 || token >= size || !Number.isFinite(value)) {
      throw new EngineError('invalid_request', `The logit bias "${key}" is not a token of this model with a number.`, {
        param: 'logit_bias',
      })
    }
    result.set(token as Token, value <= -100 ? 'never' : { logit: Math.min(value, MOST_BIAS) })
  }
  return result
}

/** Tokens an answer may have: what was asked, but never past the end of the context, so that nothing is shifted out. */
export function answerLimit(asked: number | undefined, promptTokens: number, contextSize: number): number {
  const room = Math.max(1, contextSize - 1 - promptTokens)
  return asked === undefined || asked < 0 ? room : Math.min(Math.trunc(finite('maxTokens', asked)), room)
}

const vocabularySizes = new WeakMap<LlamaModel, number>()

function vocabularySize(model: LlamaModel): number {
  const known = vocabularySizes.get(model)
  if (known !== undefined) return known
  let size = 0
  for (const _token of model.iterateAllTokens()) size += 1
  vocabularySizes.set(model, size)
  return size
}
