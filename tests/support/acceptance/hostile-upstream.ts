import type { ConnectionInput } from '../../../src/shared/connections.ts'
import { type BadUpstream, type RawRequest, startBadUpstream } from '../bad-upstream.ts'

/** How one kind of upstream writes a sound answer, for scripts that spoil it somewhere. */
export interface AnswerShape {
  kind: string
  connection(url: string): ConnectionInput
  /** Content type of a stream. */
  streamType: string
  /** Before the first text; may be empty. */
  begin: string
  text(text: string): string
  /** A proper end. */
  end: string
  /** An error within a stream. */
  error(message: string): string
  /** A frame that is no JSON. */
  malformed: string
  whole(text: string): string
}

type Json = Record<string, unknown>

const MODEL = 'm'
const sse = (data: Json): string => `data: ${JSON.stringify(data)}\n\n`
const event = (data: Json & { type: string }): string => `event: ${data.type}\n${sse(data)}`

const openAiChunk = (delta: Json, finish: string | null = null): string =>
  sse({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_715_367_049,
    model: MODEL,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })

const claude = { id: 'msg_1', type: 'message', role: 'assistant', model: MODEL }
const response = (status: string, output: Json[] = [], fields: Json = {}): Json => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_715_367_049,
  model: MODEL,
  status,
  error: null,
  incomplete_details: null,
  output,
  ...fields,
})
const outputMessage = (text: string): Json => ({
  id: 'item_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const inItem = { item_id: 'item_1', output_index: 0, content_index: 0 }

const openAiCompatible = (provider: 'openai' | 'azure'): AnswerShape => ({
  kind: provider,
  connection: (url) => ({ provider, baseUrl: provider === 'openai' ? `${url}/v1` : url, modelIds: [MODEL] }),
  streamType: 'text/event-stream',
  begin: openAiChunk({ role: 'assistant', content: '' }),
  text: (text) => openAiChunk({ content: text }),
  end: `${openAiChunk({}, 'stop')}data: [DONE]\n\n`,
  error: (message) => sse({ error: { message, type: 'server_error', param: null, code: null } }),
  malformed: 'data: {"choices":[{"index":0,"delta":{"content":oops}}]}\n\n',
  whole: (text) =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_715_367_049,
      model: MODEL,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
    }),
})

const ollamaLine = (content: string, fields: Json = { done: false }): string =>
  `${JSON.stringify({ model: MODEL, created_at: '2026-08-26T21:46:36.3Z', message: { role: 'assistant', content }, ...fields })}\n`
const OLLAMA_END = {
  done: true,
  done_reason: 'stop',
  total_duration: 3_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: 3,
  prompt_eval_duration: 1_000_000,
  eval_count: 5,
  eval_duration: 1_000_000,
}

export const ANSWER_SHAPES: readonly AnswerShape[] = [
  openAiCompatible('openai'),
  {
    kind: 'responses',
    connection: (url) => ({ provider: 'openai', baseUrl: `${url}/v1`, modelIds: [MODEL], apiType: 'responses' }),
    streamType: 'text/event-stream',
    begin: [
      event({ type: 'response.created', response: response('in_progress') }),
      event({
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...outputMessage(''), status: 'in_progress', content: [] },
      }),
      event({
        type: 'response.content_part.added',
        ...inItem,
        part: { type: 'output_text', text: '', annotations: [] },
      }),
    ].join(''),
    text: (text) => event({ type: 'response.output_text.delta', ...inItem, delta: text }),
    end: event({
      type: 'response.completed',
      response: response('completed', [outputMessage('all')], {
        usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
      }),
    }),
    error: (message) => event({ type: 'error', code: 'server_error', message, param: null }),
    malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta",oops}\n\n',
    whole: (text) =>
      JSON.stringify(
        response('completed', [outputMessage(text)], {
          usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
        }),
      ),
  },
  openAiCompatible('azure'),
  {
    kind: 'ollama',
    connection: (url) => ({ provider: 'ollama', baseUrl: url }),
    streamType: 'application/x-ndjson',
    begin: '',
    text: (text) => ollamaLine(text),
    end: ollamaLine('', OLLAMA_END),
    error: (message) => `${JSON.stringify({ error: message })}\n`,
    malformed: '{"model":"m","message":{"role":"assistant","content":oops},"done":false}\n',
    whole: (text) => ollamaLine(text, OLLAMA_END),
  },
  {
    kind: 'anthropic',
    connection: (url) => ({ provider: 'anthropic', baseUrl: url, modelIds: [MODEL] }),
    streamType: 'text/event-stream',
    begin: [
      event({
        type: 'message_start',
        message: {
          ...claude,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      }),
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ].join(''),
    text: (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    end: [
      event({ type: 'content_block_stop', index: 0 }),
      event({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 5 },
      }),
      event({ type: 'message_stop' }),
    ].join(''),
    error: (message) => event({ type: 'error', error: { type: 'overloaded_error', message } }),
    malformed: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,oops}\n\n',
    whole: (text) =>
      JSON.stringify({
        ...claude,
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 3, output_tokens: 5 },
      }),
  },
]

/** Whether the upstream was asked for a stream. */
export function asksForStream({ body }: RawRequest): boolean {
  const asked = JSON.parse(body) as { stream?: boolean }
  return asked.stream === true
}

/**
 * An upstream whose answers to chats are scripted byte by byte; what else it is asked (models, version) it answers
 * soundly. It has one model, `m`.
 */
export function startHostileUpstream(onChat: (request: RawRequest) => void): Promise<BadUpstream> {
  return startBadUpstream((request) => {
    if (request.head.startsWith('POST') && !/ \/api\/show /.test(request.head)) onChat(request)
    else request.answer(200, { 'content-type': 'application/json' }, JSON.stringify(soundAnswer(request.head)))
  })
}

function soundAnswer(head: string): Json {
  const path = head.split(' ')[1] ?? ''
  if (path.endsWith('/api/tags')) {
    const details = { family: 'llama', families: ['llama'], parameter_size: '8.0B', quantization_level: 'Q4_K_M' }
    const model = { name: MODEL, model: MODEL, modified_at: '2026-08-26T21:46:36.3Z', size: 1, digest: 'ab', details }
    return { models: [model] }
  }
  if (path.endsWith('/api/ps')) return { models: [] }
  if (path.endsWith('/api/show')) return { capabilities: ['completion'], model_info: {} }
  if (path.endsWith('/version')) return { version: '0.13.5' }
  return { object: 'list', data: [{ id: MODEL, object: 'model', type: 'model' }], has_more: false }
}
