import type {
  ChatHistoryItem,
  ChatModelResponse,
  ChatWrapper,
  LlamaChatResponse,
  LlamaChatResponseChunk,
  LlamaContextSequence,
  LlamaGrammar,
} from 'node-llama-cpp'
import type { WirePart } from '../protocol.ts'
import { describingTools, insistingOnCall } from './adapted-wrapper.ts'
import type { GenerationOptions } from './generation-options.ts'
import type { LoadedModel } from './loaded-model.ts'
import type { OfferedTools } from './offered-tools.ts'
import { createToolCallStream } from './tool-call-stream.ts'

/** One answer to write, after its prompt has been read. */
export interface AnswerPlan {
  history: ChatHistoryItem[]
  tools: OfferedTools | null
  /** What text has to obey. Not together with tools that are required. */
  grammar: LlamaGrammar | undefined
  options: GenerationOptions & { budgets?: { thoughtTokens: number; includeCurrentResponse: boolean } }
  maxTokens: number
  parallelCalls: boolean
  signal: AbortSignal
  emit: (part: WirePart) => void
  onToken: () => void
  /**
   * Reads a continued history into the sequence; what it has in common with the last one is there already. Resolves with
   * the tokens that still fit behind it; nothing is read if none does.
   */
  read: (history: ChatHistoryItem[]) => Promise<number>
}

/** How the answer ended: the library's name for it, and tokens that are in the answer. */
export interface AnswerEnd {
  stopReason: string
  /** The stop text that it ran into. */
  stopSequence?: string
  completionTokens: number
  reasoningTokens: number
}

/**
 * Writes the answer. A constraint (a required call, a grammar) binds what is said, not what is thought before, and the
 * library applies a grammar from the first token on and never together with tools. So a constrained answer has two parts:
 *
 * 1. Free: the model may think and may call a tool. A call is the answer. The first word of text is taken back: it only
 *    shows that the model has thought enough and, where it had the choice, that it does not call.
 * 2. Bound: it goes on from its thoughts under the grammar of the response format, or with a call that is opened for it.
 *
 * A model that cannot think and has no choice starts with the second part.
 */
export async function generateAnswer(
  loaded: LoadedModel,
  sequence: LlamaContextSequence,
  plan: AnswerPlan,
): Promise<AnswerEnd> {
  const { wrapper } = loaded
  const { tools, grammar } = plan
  const functions = tools?.functions
  const thinks = wrapper.settings.segments?.thought !== undefined
  const isBound = grammar !== undefined || tools?.required === true
  const speaks = createPart(loaded, sequence, plan)
  if (!isBound) return speaks.write(wrapper, plan.history, { functions, maxTokens: plan.maxTokens, keepsText: true })

  let { history, maxTokens } = plan
  if (thinks || (grammar !== undefined && tools !== null)) {
    const free = await speaks.write(wrapper, history, { functions, maxTokens, keepsText: false })
    if (free.stopReason === 'functionCalls' || free.stopReason === 'maxTokens') return free
    history = continued(history, free.response)
    const room = await plan.read(history)
    maxTokens = Math.min(maxTokens - free.reasoningTokens, room)
    if (maxTokens < 1) return { ...free, stopReason: 'maxTokens' }
  }
  if (grammar === undefined) {
    const insisting = insistingOnCall(wrapper, loaded.native.module)
    return speaks.write(insisting, history, { functions, maxTokens, keepsText: true })
  }
  const describing = functions === undefined ? wrapper : describingTools(wrapper, functions)
  return speaks.write(describing, history, { grammar, maxTokens, keepsText: true })
}

interface PartOptions {
  functions?: OfferedTools['functions'] | undefined
  grammar?: LlamaGrammar
  maxTokens: number
  /** False: text ends the part and is not told. */
  keepsText: boolean
}

function createPart(loaded: LoadedModel, sequence: LlamaContextSequence, plan: AnswerPlan) {
  const calls = createToolCallStream(plan.emit)
  let reasoningTokens = 0

  async function write(
    wrapper: ChatWrapper,
    history: ChatHistoryItem[],
    { functions, grammar, maxTokens, keepsText }: PartOptions,
  ): Promise<AnswerEnd & { response: LlamaChatResponse['fullResponse'] }> {
    const thoughtBefore = reasoningTokens
    const metered = sequence.tokenMeter.getState()
    const spoken = new AbortController()
    const { customStopTriggers, ...freely } = plan.options
    const common = {
      // Stop texts end an answer, not the thoughts before it.
      ...(keepsText ? plan.options : freely),
      maxTokens,
      signal: keepsText ? plan.signal : AbortSignal.any([plan.signal, spoken.signal]),
      stopOnAbortSignal: !keepsText,
      onResponseChunk: (chunk: LlamaChatResponseChunk) => {
        if (chunk.type === 'segment') reasoningTokens += chunk.tokens.length
        else if (!keepsText) {
          if (chunk.text.trim() !== '') spoken.abort()
          return
        }
        plan.onToken()
        emitChunk(chunk, plan.emit)
      },
    }
    const chat = new loaded.native.module.LlamaChat({ contextSequence: sequence, chatWrapper: wrapper })
    try {
      const response =
        functions === undefined
          ? await chat.generateResponse(history, { ...common, ...(grammar === undefined ? {} : { grammar }) })
          : await chat.generateResponse(history, {
              ...common,
              functions,
              documentFunctionParams: true,
              ...(plan.parallelCalls ? {} : { maxParallelFunctionCalls: 1 }),
              onFunctionCallParamsChunk: (chunk) => {
                plan.onToken()
                calls.chunk(chunk.callIndex, chunk.functionName, chunk.paramsChunk)
              },
              onFunctionCall: (call) => {
                plan.onToken()
                calls.ended(call.functionName)
              },
            })
      plan.signal.throwIfAborted()
      return {
        // The word that ended a free part may also be the last one allowed; it is taken back all the same.
        stopReason: spoken.signal.aborted ? 'abort' : response.metadata.stopReason,
        completionTokens: thoughtBefore + sequence.tokenMeter.diff(metered).usedOutputTokens,
        reasoningTokens,
        ...stopSequenceOf(response.metadata),
        response: response.fullResponse,
      }
    } finally {
      chat.dispose({ disposeSequence: false })
    }
  }

  return { write }
}

/** The history with the thoughts of an answer that is not at its end. */
function continued(history: ChatHistoryItem[], response: LlamaChatResponse['fullResponse']): ChatHistoryItem[] {
  const thoughts = response.flatMap((item) => {
    if (typeof item === 'string' || item.type !== 'segment') return []
    if (item.ended) return [item]
    const { raw: _unfinished, ...segment } = item
    return [{ ...segment, ended: true }]
  })
  if (thoughts.length === 0) return history
  const last = history.at(-1)
  const answer: ChatModelResponse = {
    type: 'model',
    response: [...(last?.type === 'model' ? last.response : []), ...thoughts],
  }
  return [...(last?.type === 'model' ? history.slice(0, -1) : history), answer]
}

function emitChunk(chunk: LlamaChatResponseChunk, emit: (part: WirePart) => void): void {
  if (chunk.text === '') return
  // Comment segments (gpt-oss) are said on the way to the answer, not in it.
  if (chunk.type === 'segment') emit({ type: 'reasoning-delta', text: chunk.text })
  else emit({ type: 'text-delta', text: chunk.text })
}

/** Stop texts are given as texts, so they are told as such. */
function stopSequenceOf(metadata: LlamaChatResponse['metadata']): { stopSequence?: string } {
  if (metadata.stopReason !== 'customStopTrigger') return {}
  return { stopSequence: metadata.customStopTrigger.filter((part) => typeof part === 'string').join('') }
}
