import type { OpenAiFlavour, ScriptedOpenAiAnswer } from './openai-answers.ts'

type Json = Record<string, unknown>

const CREATED = 1_763_700_000

/** Content filter verdicts, as Azure puts them beside every choice. */
const UNFILTERED = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
}

/** One SSE event, or the end of the list of them. */
export type ScriptedEvent = { event?: string; data: Json | '[DONE]' }

/** The chunks of a streamed chat in the flavour's own shape, as recorded from such servers. */
export function* chatChunks(
  flavour: OpenAiFlavour,
  model: string,
  answer: ScriptedOpenAiAnswer,
  includeUsage: boolean,
): Generator<ScriptedEvent> {
  const head = {
    id: flavour === 'localai' ? '4a7f3f8e-1f35-4f3d-8d8e-2c6b0f1f7f55' : 'chatcmpl-CeS0kV1y7Jt1qg2Qm7W4mQ1Dq0b3Z',
    object: 'chat.completion.chunk',
    created: CREATED,
    model,
    ...(flavour === 'openai' || flavour === 'azure'
      ? { service_tier: 'default', system_fingerprint: 'fp_cbf1785567' }
      : {}),
  }
  const usage = usageOf(answer)
  const chunk = (delta: Json, finish: string | null = null): ScriptedEvent => ({
    data: {
      ...head,
      choices: [
        {
          index: 0,
          delta,
          logprobs: null,
          finish_reason: finish,
          ...(flavour === 'azure' ? { content_filter_results: delta.content ? UNFILTERED : {} } : {}),
          ...(flavour === 'vllm' && finish !== null ? { stop_reason: null } : {}),
        },
      ],
      // LocalAI tells it with each chunk, OpenAI says null until the last.
      ...(flavour === 'localai' ? { usage } : includeUsage && flavour !== 'vllm' ? { usage: null } : {}),
    },
  })
  if (flavour === 'azure') {
    const results = [{ prompt_index: 0, content_filter_results: UNFILTERED }]
    yield { data: { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: results } }
  }
  yield chunk({ role: 'assistant', content: '', ...(flavour === 'openai' ? { refusal: null } : {}) })
  for (const text of answer.reasoning) yield chunk({ reasoning_content: text })
  if (answer.refusal !== undefined) yield chunk({ refusal: answer.refusal })
  for (const text of answer.text) yield chunk({ content: text })
  for (const [index, call] of answer.toolCalls.entries()) yield* toolCallChunks(flavour, index, call, chunk)
  if (typeof answer.end === 'object') {
    yield { data: { error: answer.end.error } }
    return
  }
  if (answer.end === 'endless') for (;;) yield chunk({ content: answer.text[0] })
  if (answer.end !== 'done') return
  yield chunk({}, answer.finish)
  if (includeUsage) {
    const timings = flavour === 'llama-server' ? { timings: timingsOf(answer) } : {}
    yield { data: { ...head, choices: [], usage, ...timings } }
  }
  yield { data: '[DONE]' }
}

/** LocalAI and older servers send a call whole; the others stream its arguments. */
function* toolCallChunks(
  flavour: OpenAiFlavour,
  index: number,
  call: { name: string; arguments: string },
  chunk: (delta: Json) => ScriptedEvent,
): Generator<ScriptedEvent> {
  const id = flavour === 'vllm' ? `chatcmpl-tool-${index}b7c1` : `call_${index}DpC0Zq8YtW`
  const whole = { index, id, type: 'function', function: { name: call.name, arguments: call.arguments } }
  if (flavour === 'localai') {
    yield chunk({ role: 'assistant', content: null, tool_calls: [whole] })
    return
  }
  yield chunk({
    ...(index === 0 ? { role: 'assistant', content: null } : {}),
    tool_calls: [{ ...whole, function: { name: call.name, arguments: '' } }],
  })
  for (const piece of call.arguments.match(/[\s\S]{1,6}/g) ?? []) {
    yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
}

/** A chat in one piece. */
export function chatCompletion(flavour: OpenAiFlavour, model: string, answer: ScriptedOpenAiAnswer): Json {
  const { reasoning, text, toolCalls } = answer
  return {
    id: 'chatcmpl-CeS0kV1y7Jt1qg2Qm7W4mQ1Dq0b3Z',
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: toolCalls.length > 0 ? null : text.join(''),
          refusal: answer.refusal ?? null,
          annotations: [],
          ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('') }),
          ...(toolCalls.length === 0
            ? {}
            : {
                tool_calls: toolCalls.map((call, index) => ({
                  id: `call_${index}DpC0Zq8YtW`,
                  type: 'function',
                  function: call,
                })),
              }),
        },
        logprobs: null,
        finish_reason: answer.finish,
        ...(flavour === 'azure' ? { content_filter_results: UNFILTERED } : {}),
      },
    ],
    usage: usageOf(answer),
    ...(flavour === 'azure'
      ? { prompt_filter_results: [{ prompt_index: 0, content_filter_results: UNFILTERED }] }
      : {}),
    ...(flavour === 'llama-server' ? { timings: timingsOf(answer) } : {}),
  }
}

/** The chunks of a streamed text completion. */
export function* completionChunks(
  model: string,
  answer: ScriptedOpenAiAnswer,
  includeUsage: boolean,
): Generator<ScriptedEvent> {
  const head = { id: 'cmpl-CeS0lPpY2', object: 'text_completion', created: CREATED, model }
  const chunk = (text: string, finish: string | null): ScriptedEvent => ({
    data: { ...head, choices: [{ text, index: 0, logprobs: null, finish_reason: finish }] },
  })
  for (const text of answer.text) yield chunk(text, null)
  if (answer.end !== 'done') return
  yield chunk('', answer.finish)
  if (includeUsage) yield { data: { ...head, choices: [], usage: usageOf(answer) } }
  yield { data: '[DONE]' }
}

/** A text completion in one piece. */
export function textCompletion(model: string, answer: ScriptedOpenAiAnswer): Json {
  return {
    id: 'cmpl-CeS0lPpY2',
    object: 'text_completion',
    created: CREATED,
    model,
    choices: [{ text: answer.text.join(''), index: 0, logprobs: null, finish_reason: answer.finish }],
    usage: usageOf(answer),
  }
}

export function usageOf(answer: ScriptedOpenAiAnswer): Json {
  const completion = tokensOf(answer)
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: completion,
    total_tokens: answer.promptTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.reasoning.length,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** One piece is one token here. */
export function tokensOf({ reasoning, text, toolCalls }: ScriptedOpenAiAnswer): number {
  return reasoning.length + text.length + toolCalls.length * 8
}

function timingsOf(answer: ScriptedOpenAiAnswer): Json {
  const predicted = tokensOf(answer)
  return {
    cache_n: 1,
    prompt_n: answer.promptTokens - 1,
    prompt_ms: 41.25,
    prompt_per_token_ms: 4.1,
    prompt_per_second: 242.4,
    predicted_n: predicted,
    predicted_ms: 312.5,
    predicted_per_token_ms: 26.04,
    predicted_per_second: 38.4,
  }
}
