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

/** Turns the request's sampling into the library's options. Throws `invalid_request` for a bad logit bias. */
export function generationOptions(sampling: Sampling, model: LlamaModel, module: LlamaModule): GenerationOptions {
  const options: GenerationOptions = {
    temperature: sampling.temperature ?? DEFAULTS.temperature,
    topP: sampling.topP ?? DEFAULTS.topP,
    topK: sampling.topK ?? DEFAULTS.topK,
    minP: sampling.minP ?? DEFAULTS.minP,
    seed: seedNumber(sampling.seed),
    repeatPenalty: repeatPenalty(sampling),
  }
  const stop = (sampling.stop ?? []).filter((text) => text !== '')
  if (stop.length > 0) options.customStopTriggers = stop
  if (sampling.logitBias !== undefined) options.tokenBias = tokenBias(sampling.logitBias, model, module)
  return options
}

/** llama.cpp takes 32 bits; any integer of a client maps to one of them, the same each time. */
function seedNumber(seed: number | undefined): number {
  if (seed === undefined || seed === -1) return Math.floor(Math.random() * 0xffff_ffff)
  return Number(BigInt.asUintN(32, BigInt(Math.trunc(seed))))
}

function repeatPenalty(sampling: Sampling): false | LLamaContextualRepeatPenalty {
  const { repeatPenalty: penalty, repeatLastN, frequencyPenalty, presencePenalty } = sampling
  const asked = (penalty ?? 1) !== 1 || (frequencyPenalty ?? 0) !== 0 || (presencePenalty ?? 0) !== 0
  if (!asked || repeatLastN === 0) return false
  return {
    penalty: penalty ?? 1,
    lastTokens: repeatLastN === undefined || repeatLastN < 0 ? DEFAULTS.repeatLastN : repeatLastN,
    frequencyPenalty: frequencyPenalty ?? 0,
    presencePenalty: presencePenalty ?? 0,
  }
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
    result.set(token as Token, value <= -100 ? 'never' : { logit: value })
  }
  return result
}

/** Tokens an answer may have: what was asked, but never past the end of the context, so that nothing is shifted out. */
export function answerLimit(asked: number | undefined, promptTokens: number, contextSize: number): number {
  const room = Math.max(1, contextSize - 1 - promptTokens)
  return asked === undefined || asked < 0 ? room : Math.min(asked, room)
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
