import { randomBytes } from 'node:crypto'
import type {
  ChatHistoryItem,
  ChatModelFunctions,
  GbnfJsonSchema,
  LlamaChatResponseChunk,
  LlamaGrammar,
  Token,
} from 'node-llama-cpp'
import type { ChatRequest, ResponseFormat } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import type { FinishReason } from '../../../spec/stream-part.ts'
import type { WirePart } from '../protocol.ts'
import { dropHopeless } from './drop-hopeless.ts'
import { fitHistory } from './fit-history.ts'
import { toGbnfSchema } from './gbnf-schema.ts'
import { answerLimit, generationOptions } from './generation-options.ts'
import type { LoadedModel } from './loaded-model.ts'
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
  const { module } = loaded.native
  const { context } = loaded
  const functions = toFunctions(request, io)
  const grammar = await toGrammar(loaded, request.responseFormat)
  if (grammar !== undefined && functions !== undefined) {
    throw new EngineError('unsupported', 'A local model cannot follow a JSON format and call tools in one request.', {
      param: 'response_format',
    })
  }
  if (request.reasoning?.effort !== undefined) io.ignored('reasoning.effort')
  const tokenize = (history: ChatHistoryItem[]): Token[] => promptTokens(loaded, history, functions)
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
  const options = generationOptions(request.sampling, loaded.model, module, context.contextSize)
  const budget = thoughtBudget(request)
  const maxTokens = answerLimit(request.sampling.maxTokens, tokens.length, context.contextSize)

  const { sequence, release } = loaded.sequences.acquire(tokens)
  const watch = createStopwatch()
  const chat = new module.LlamaChat({ contextSequence: sequence, chatWrapper: loaded.wrapper })
  try {
    const cached = await prefill(sequence, loaded.sequences.gate, tokens, context.batchSize, io.signal, (value) =>
      io.emit({ type: 'progress', phase: 'reading', value }),
    )
    const before = sequence.tokenMeter.getState()
    let reasoningTokens = 0
    let finish: { reason: FinishReason; raw: string } = { reason: 'length', raw: 'maxTokens' }
    if (maxTokens > 0) {
      const tools = createToolEmitter(io.emit)
      const common = {
        ...options,
        maxTokens,
        signal: io.signal,
        ...(budget === undefined ? {} : { budgets: { thoughtTokens: budget, includeCurrentResponse: false } }),
        onResponseChunk: (chunk: LlamaChatResponseChunk) => {
          watch.token()
          if (chunk.type === 'segment') reasoningTokens += chunk.tokens.length
          emitChunk(chunk, io.emit)
        },
      }
      const response =
        functions === undefined
          ? await chat.generateResponse(history, { ...common, ...(grammar === undefined ? {} : { grammar }) })
          : await chat.generateResponse(history, {
              ...common,
              functions,
              documentFunctionParams: true,
              ...(request.parallelToolCalls === false ? { maxParallelFunctionCalls: 1 } : {}),
              onFunctionCallParamsChunk: (chunk) => {
                watch.token()
                tools.chunk(chunk.callIndex, chunk.functionName, chunk.paramsChunk)
              },
              onFunctionCall: (call) => {
                watch.token()
                tools.ended(call.functionName)
              },
            })
      finish = finishReason(response.metadata.stopReason)
    }
    const used = sequence.tokenMeter.diff(before)
    io.emit({
      type: 'usage',
      usage: {
        promptTokens: tokens.length,
        cachedPromptTokens: cached,
        completionTokens: used.usedOutputTokens,
        ...(reasoningTokens > 0 ? { reasoningTokens } : {}),
      },
      timings: { queueMs: 0, loadMs: 0, ...watch.read(), contextSize: context.contextSize },
    })
    io.emit({ type: 'finish', reason: finish.reason, raw: finish.raw })
  } finally {
    chat.dispose({ disposeSequence: false })
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

/**
 * The tools to offer, or undefined. llama.cpp cannot be made to open a call, so `required` and a named tool are best
 * effort: only the named tool is offered, and the model decides; this is logged.
 */
function toFunctions(request: ChatRequest, io: RunIo): ChatModelFunctions | undefined {
  const choice = request.toolChoice ?? 'auto'
  if (choice === 'none' || request.tools === undefined || request.tools.length === 0) return undefined
  const offered = typeof choice === 'object' ? request.tools.filter((tool) => tool.name === choice.name) : request.tools
  if (offered.length === 0) {
    throw new EngineError('invalid_request', 'The tool that the request insists on is not among its tools.', {
      param: 'tool_choice',
    })
  }
  const unusable = offered.find((tool) => !/^\S+$/.test(tool.name))
  if (unusable !== undefined) {
    throw new EngineError(
      'invalid_request',
      `A tool's name has to be one word; ${JSON.stringify(unusable.name)} is not.`,
      {
        param: 'tools',
      },
    )
  }
  if (choice !== 'auto') io.ignored('toolChoice: a call cannot be forced')
  return Object.fromEntries(
    offered.map((tool) => {
      const parameters = tool.parameters
      const hasParameters = parameters !== undefined && Object.keys(parameters).length > 0
      const schema = hasParameters
        ? toGbnfSchema(parameters, { mode: 'drop', onDropped: (path) => io.ignored(`tools.${tool.name}.${path}`) })
        : undefined
      return [
        tool.name,
        {
          ...(tool.description === undefined ? {} : { description: tool.description }),
          ...(schema === undefined ? {} : { params: schema }),
        },
      ]
    }),
  )
}

/** The grammar of a response format; `text` has none. */
export async function toGrammar(
  loaded: LoadedModel,
  format: ResponseFormat | undefined,
): Promise<LlamaGrammar | undefined> {
  if (format === undefined || format.type === 'text') return undefined
  const { llama } = loaded.native
  if (format.type === 'json') return llama.getGrammarFor('json')
  const schema = toGbnfSchema(format.schema, { mode: 'refuse' })
  // The method's type wants a literal schema to infer the answer's type from; ours is known at run time only.
  const createGrammar = llama.createGrammarForJsonSchema.bind(llama) as (
    schema: GbnfJsonSchema,
  ) => Promise<LlamaGrammar>
  try {
    return await createGrammar(schema)
  } catch (cause) {
    throw new EngineError('invalid_request', 'The JSON schema cannot be turned into a grammar.', {
      cause,
      param: 'response_format',
      detail: cause instanceof Error ? cause.message : String(cause),
    })
  }
}

function thoughtBudget(request: ChatRequest): number | undefined {
  if (request.reasoning?.enabled === false) return 0
  const budget = request.reasoning?.budgetTokens
  return budget === undefined || Number.isNaN(budget) ? undefined : Math.max(0, Math.trunc(budget))
}

function emitChunk(chunk: LlamaChatResponseChunk, emit: (part: WirePart) => void): void {
  if (chunk.text === '') return
  // Comment segments (gpt-oss) are said on the way to the answer, not in it.
  if (chunk.type === 'segment') emit({ type: 'reasoning-delta', text: chunk.text })
  else emit({ type: 'text-delta', text: chunk.text })
}

/** Streams the arguments of tool calls. Whitespace at the end is the grammar's stop sign, not part of the JSON. */
function createToolEmitter(emit: (part: WirePart) => void) {
  let open = -1
  let ended = 0
  let sent = false
  let heldBack = ''

  function begin(index: number, name: string): void {
    if (open === index) return
    open = index
    sent = false
    heldBack = ''
    const id = `call_${randomBytes(12).toString('hex')}`
    emit({ type: 'tool-call-delta', index, id, name, argumentsDelta: '' })
  }

  return {
    chunk(index: number, name: string, text: string): void {
      begin(index, name)
      const all = heldBack + text
      const trimmed = all.trimEnd()
      heldBack = all.slice(trimmed.length)
      if (trimmed === '') return
      sent = true
      emit({ type: 'tool-call-delta', index, argumentsDelta: trimmed })
    },
    ended(name: string): void {
      begin(ended, name)
      if (!sent) emit({ type: 'tool-call-delta', index: ended, argumentsDelta: '{}' })
      ended += 1
    },
  }
}

/** The library's stop reason as ours, with its own name kept. */
export function finishReason(raw: string): { reason: FinishReason; raw: string } {
  if (raw === 'maxTokens') return { reason: 'length', raw }
  if (raw === 'functionCalls') return { reason: 'tool-calls', raw }
  return { reason: 'stop', raw }
}
