import type { LlamaModel, Token } from 'node-llama-cpp'
import type { CompletionRequest } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import { answerGrammar } from './answer-grammar.ts'
import { promptLimit, tooLong } from './fit-history.ts'
import { answerLimit, generationOptions } from './generation-options.ts'
import type { LoadedModel } from './loaded-model.ts'
import { boundedText, MEASURED_FROM, measureTokens, surelyAbove } from './measure-tokens.ts'
import { prefill } from './prefill.ts'
import { finishReason, type RunIo } from './run-chat.ts'
import { createStopwatch } from './stopwatch.ts'

/** Continues raw text, or fills a gap when a suffix is given. Throws EngineError or the signal's reason. */
export async function runCompletion(loaded: LoadedModel, request: CompletionRequest, io: RunIo): Promise<void> {
  const { module } = loaded.native
  const { model, context } = loaded
  const infill = request.suffix !== undefined && request.suffix !== ''
  const { infill: infillTokens } = model.tokens
  if (infill && (infillTokens.prefix === null || infillTokens.suffix === null)) {
    throw new EngineError('unsupported', 'This model cannot fill in text before a suffix.', { param: 'suffix' })
  }
  const grammar = await answerGrammar(loaded, request.responseFormat)
  const bos = beginningToken(model)
  const count = (text: string): number => model.tokenize(text).length
  const { contextSize } = context
  const truncates = request.runtime?.overflow === 'truncate'
  const given = truncates ? await boundedText(request.prompt, contextSize, 'end', count, io.signal) : request.prompt
  const suffixText = infill ? (request.suffix ?? '') : ''
  // Tokenising megabytes at once would hold up every other stream.
  const most = surelyAbove(contextSize)
  const measured =
    given.length + suffixText.length < MEASURED_FROM
      ? 0
      : await measureTokens(truncates ? [suffixText] : [given, suffixText], most, count, io.signal)
  if (measured > most) throw tooLong(measured, contextSize, 'at least')
  let prompt = model.tokenize(given, true)
  if (bos !== null && prompt[0] === bos) prompt = prompt.slice(1)
  const suffix = infill ? model.tokenize(suffixText, false) : []
  const around = (bos === null ? 0 : 1) + (infill ? 3 : 0)
  const room = promptLimit(contextSize) - suffix.length - around
  if (prompt.length > room) {
    const total = prompt.length + suffix.length + around
    if (!truncates || room < 1) throw tooLong(total, contextSize)
    // The end of the text is what a completion continues.
    prompt = prompt.slice(-room)
  }
  const tokens = infill ? infillPrompt(model, bos, prompt, suffix) : bos === null ? prompt : [bos, ...prompt]
  if (tokens.length === 0) throw new EngineError('invalid_request', 'The prompt is empty.', { param: 'prompt' })
  const options = generationOptions(request.sampling, model, module, context.contextSize)
  const maxTokens = answerLimit(request.sampling.maxTokens, tokens.length, context.contextSize)

  const { sequence, release } = loaded.sequences.acquire(tokens)
  const watch = createStopwatch()
  const completion = new module.LlamaCompletion({ contextSequence: sequence, autoDisposeSequence: false })
  try {
    const cached = await prefill(sequence, loaded.sequences.gate, tokens, context.batchSize, io.signal, (value) =>
      io.emit({ type: 'progress', phase: 'reading', value }),
    )
    const before = sequence.tokenMeter.getState()
    let finish = finishReason('maxTokens')
    if (maxTokens > 0) {
      const settings = {
        ...options,
        maxTokens,
        signal: io.signal,
        contextShiftSize: 1,
        disableContextShift: true,
        ...(grammar === undefined ? {} : { grammar }),
        onTextChunk: (text: string) => {
          watch.token()
          if (text !== '') io.emit({ type: 'text-delta', text })
        },
      }
      const response = infill
        ? await completion.generateInfillCompletionWithMeta(prompt, suffix, settings)
        : await completion.generateCompletionWithMeta(prompt, settings)
      finish = finishReason(response.metadata.stopReason)
    }
    const used = sequence.tokenMeter.diff(before)
    io.emit({
      type: 'usage',
      usage: {
        promptTokens: tokens.length,
        cachedPromptTokens: cached,
        completionTokens: used.usedOutputTokens,
      },
      timings: { queueMs: 0, loadMs: 0, ...watch.read(), contextSize: context.contextSize },
    })
    io.emit({ type: 'finish', reason: finish.reason, raw: finish.raw })
  } finally {
    completion.dispose({ disposeSequence: false })
    release()
  }
}

function beginningToken(model: LlamaModel): Token | null {
  return model.tokens.shouldPrependBosToken ? model.tokens.bos : null
}

/** The order in which the library lays out prefix and suffix: with a middle token, or suffix first without one. */
function infillPrompt(model: LlamaModel, bos: Token | null, prefix: Token[], suffix: Token[]): Token[] {
  const { infill } = model.tokens
  const start = bos === null ? [] : [bos]
  if (infill.prefix === null || infill.suffix === null) return [...start, ...prefix]
  if (infill.middle !== null) return [...start, infill.prefix, ...prefix, infill.suffix, ...suffix, infill.middle]
  return [...start, infill.suffix, ...suffix, infill.prefix, ...prefix]
}
