import type { ScriptedOpenAiAnswer } from './openai-answers.ts'
import { type ScriptedEvent, tokensOf } from './openai-events.ts'

type Json = Record<string, unknown>

/** The events of a streamed response, in the order and shape that api.openai.com sends them. */
export function* responseEvents(model: string, answer: ScriptedOpenAiAnswer): Generator<ScriptedEvent> {
  let sequence = 0
  const event = (type: string, fields: Json): ScriptedEvent => ({
    event: type,
    data: { type, sequence_number: sequence++, ...fields },
  })
  yield event('response.created', { response: responseOf(model, answer, 'in_progress') })
  yield event('response.in_progress', { response: responseOf(model, answer, 'in_progress') })
  let index = 0
  if (answer.reasoning.length > 0) yield* reasoningEvents(index++, answer, event)
  if (answer.text.length > 0 || answer.refusal !== undefined) {
    const place = { item_id: 'msg_68af4030', output_index: index, content_index: 0 }
    const item = { id: 'msg_68af4030', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
    yield event('response.output_item.added', { output_index: index, item })
    const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
    yield event('response.content_part.added', { ...place, part })
    if (answer.refusal !== undefined) yield event('response.refusal.delta', { ...place, delta: answer.refusal })
    for (const delta of answer.text) {
      yield event('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: 'k3Jd' })
    }
    if (answer.end === 'endless') {
      for (;;) yield event('response.output_text.delta', { ...place, delta: answer.text[0], logprobs: [] })
    }
    if (answer.end === 'cut' || answer.end === 'no-end') return
    if (typeof answer.end === 'object') {
      yield event('error', answer.end.error as Json)
      return
    }
    yield event('response.output_text.done', { ...place, text: answer.text.join(''), logprobs: [] })
    yield event('response.output_item.done', { output_index: index, item: messageItem(answer) })
    index++
  }
  for (const [at, call] of answer.toolCalls.entries()) {
    const item = callItem(call, at)
    yield event('response.output_item.added', {
      output_index: index,
      item: { ...item, status: 'in_progress', arguments: '' },
    })
    for (const delta of call.arguments.match(/[\s\S]{1,6}/g) ?? []) {
      yield event('response.function_call_arguments.delta', { item_id: item.id, output_index: index, delta })
    }
    yield event('response.function_call_arguments.done', {
      item_id: item.id,
      output_index: index,
      arguments: call.arguments,
    })
    yield event('response.output_item.done', { output_index: index, item })
    index++
  }
  const isCut = answer.finish === 'length' || answer.finish === 'content_filter'
  const response = responseOf(model, answer, isCut ? 'incomplete' : 'completed')
  yield event(isCut ? 'response.incomplete' : 'response.completed', { response })
}

function* reasoningEvents(
  index: number,
  answer: ScriptedOpenAiAnswer,
  event: (type: string, fields: Json) => ScriptedEvent,
): Generator<ScriptedEvent> {
  const place = { item_id: 'rs_68af4030', output_index: index, summary_index: 0 }
  const item = { id: 'rs_68af4030', type: 'reasoning', summary: [] }
  yield event('response.output_item.added', { output_index: index, item })
  yield event('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
  for (const delta of answer.reasoning) yield event('response.reasoning_summary_text.delta', { ...place, delta })
  const text = answer.reasoning.join('')
  yield event('response.reasoning_summary_text.done', { ...place, text })
  yield event('response.output_item.done', {
    output_index: index,
    item: { ...item, summary: [{ type: 'summary_text', text }] },
  })
}

/** A response in one piece, or its state so far. */
export function responseOf(
  model: string,
  answer: ScriptedOpenAiAnswer,
  status: 'in_progress' | 'completed' | 'incomplete',
): Json {
  const isOver = status !== 'in_progress'
  const output = tokensOf(answer)
  const reason = answer.finish === 'length' ? 'max_output_tokens' : 'content_filter'
  return {
    id: 'resp_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b',
    object: 'response',
    created_at: 1_763_700_000,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: null,
    model,
    output: isOver ? outputOf(answer) : [],
    parallel_tool_calls: true,
    store: false,
    usage: isOver
      ? {
          input_tokens: answer.promptTokens,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: answer.reasoning.length },
          total_tokens: answer.promptTokens + output,
        }
      : null,
  }
}

function outputOf(answer: ScriptedOpenAiAnswer): Json[] {
  const summary = [{ type: 'summary_text', text: answer.reasoning.join('') }]
  return [
    ...(answer.reasoning.length === 0 ? [] : [{ id: 'rs_68af4030', type: 'reasoning', summary }]),
    ...(answer.text.length === 0 && answer.refusal === undefined ? [] : [messageItem(answer)]),
    ...answer.toolCalls.map(callItem),
  ]
}

function messageItem(answer: ScriptedOpenAiAnswer): Json {
  const content =
    answer.refusal === undefined
      ? [{ type: 'output_text', text: answer.text.join(''), annotations: [], logprobs: [] }]
      : [{ type: 'refusal', refusal: answer.refusal }]
  return { id: 'msg_68af4030', type: 'message', status: 'completed', role: 'assistant', content }
}

function callItem(call: { name: string; arguments: string }, at: number) {
  return {
    id: `fc_68af4030${at}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${at}DpC0Zq8YtW`,
    name: call.name,
    arguments: call.arguments,
  }
}
