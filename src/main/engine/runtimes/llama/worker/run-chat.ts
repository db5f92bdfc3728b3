import type { ChatHistoryItem, ChatModelFunctions, Token } from 'node-llama-cpp'
import type { ChatRequest } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import type { FinishReason } from '../../../spec/stream-part.ts'
import type { WirePart } from '../protocol.ts'
import { answerGrammar } from './answer-grammar.ts'
import { dropHopeless } from './drop-hopeless.ts'
import { fitHistory } from './fit-history.ts'
import { generateAnswer } from './generate-answer.ts'
import { answerLimit, generationOptions } from './generation-options.ts'
import type { LoadedModel } from './loaded-model.ts'
import { offeredTools } from './offered-tools.ts'
import { prefill } from './prefill.ts'
import { renderHistory } from './render-history.ts'
import { createStopwatch } from './stopwatch.ts'

/** What one run needs beside the model. `ignored` gets the name of an option that has no effect here. */
export interface RunIo {
  signal: AbortSignal
  emit: (part: WirePart) => void
  ignored: (option: string) => void
}

/** Answers one chat request as stream parts: deltas, usage, finish. Throws EngineError or the signal's reason. */
export async function runChat(loaded: LoadedModel, request: ChatRequest, io: RunIo): Promise<void> {
  const { context, native } = loaded
  const tools = offeredTools(request)
  // A call that has to be made leaves no room for an answer in words.
  const grammar = tools?.required === true ? undefined : await answerGrammar(loaded, request.responseFormat)
  if (request.reasoning?.effort !== undefined) io.ignored('reasoning.effort')
  const tokenize = (history: ChatHistoryItem[]): Token[] => promptTokens(loaded, history, tools?.functions)
  const messages = await dropHopeless(
    request,
    context.contextSize,
    (text) => loaded.model.tokenize(text).length,
    io.signal,
  )
  const { history, tokens } = fitHistory(
    renderHistory(messages),
    context.contextSize,
    request.runtime?.overflow ?? 'error',
    tokenize,
  )
  if (tokens.length === 0) throw new EngineError('invalid_request', 'The prompt is empty.', { param: 'messages' })
  const options = generationOptions(request.sampling, loaded.model, native.module, context.contextSize)
  const budget = thoughtBudget(request)
  const maxTokens = answerLimit(request.sampling.maxTokens, tokens.length, context.contextSize)

  const { sequence, release } = loaded.sequences.acquire(tokens)
  const watch = createStopwatch()
  try {
    const read = (prompt: readonly Token[], report: (value: number) => void): Promise<number> =>
      prefill(sequence, loaded.sequences.gate, prompt, context.batchSize, io.signal, report)
    const cached = await read(tokens, (value) => io.emit({ type: 'progress', phase: 'reading', value }))
    const answer =
      maxTokens === 0
        ? { stopReason: 'maxTokens', completionTokens: 0, reasoningTokens: 0 }
        : await generateAnswer(loaded, sequence, {
            history,
            tools,
            grammar,
            options: { ...options, ...(budget === undefined ? {} : { budgets: thoughtBudgets(budget) }) },
            maxTokens,
            parallelCalls: request.parallelToolCalls !== false,
            signal: io.signal,
            emit: io.emit,
            onToken: watch.token,
            async read(continued) {
              const prompt = tokenize(continued)
              const room = context.contextSize - 1 - prompt.length
              // Progress is told before the first delta only, and the thoughts were told already.
              if (room > 0) await read(prompt, () => undefined)
              return room
            },
          })
    io.emit({
      type: 'usage',
      usage: {
        promptTokens: tokens.length,
        cachedPromptTokens: cached,
        completionTokens: answer.completionTokens,
        ...(answer.reasoningTokens > 0 ? { reasoningTokens: answer.reasoningTokens } : {}),
      },
      timings: { queueMs: 0, loadMs: 0, ...watch.read(), contextSize: context.contextSize },
    })
    const { stopSequence } = answer
    const ranInto = stopSequence === undefined ? {} : { stopSequence }
    io.emit({ type: 'finish', ...finishReason(answer.stopReason), ...ranInto })
  } finally {
    release()
  }
}

/** The prompt exactly as LlamaChat will build it, so that what prefill evaluated is found again. */
function promptTokens(loaded: LoadedModel, history: ChatHistoryItem[], functions?: ChatModelFunctions): Token[] {
  const chatHistory =
    history.at(-1)?.type === 'model' ? history : [...history, { type: 'model', response: [] } as const]
  const { contextText } = loaded.wrapper.generateContextState({
    chatHistory: chatHistory as ChatHistoryItem[],
    ...(functions === undefined ? {} : { availableFunctions: functions, documentFunctionParams: true }),
  })
  return contextText.tokenize(loaded.model.tokenizer)
}

function thoughtBudget(request: ChatRequest): number | undefined {
  if (request.reasoning?.enabled === false) return 0
  const budget = request.reasoning?.budgetTokens
  return budget === undefined || Number.isNaN(budget) ? undefined : Math.max(0, Math.trunc(budget))
}

function thoughtBudgets(thoughtTokens: number) {
  return { thoughtTokens, includeCurrentResponse: false }
}

/** The library's stop reason as ours, with its own name kept. */
export function finishReason(raw: string): { reason: FinishReason; raw: string } {
  if (raw === 'maxTokens') return { reason: 'length', raw }
  if (raw === 'functionCalls') return { reason: 'tool-calls', raw }
  return { reason: 'stop', raw }
}
