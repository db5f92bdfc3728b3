/** What a client of one dialect made of an answer. */
export interface ReadAnswer {
  text: string
  /** The error's message, of a refusal as well as one within a stream; null if there was none. */
  error: string | null
  /** The dialect's own end was there. */
  finished: boolean
}

/** One way to ask for a chat over bare HTTP. */
export interface ClientDialect {
  name: string
  path: string
  body(model: string, question: string, stream: boolean): Record<string, unknown>
  read(body: string, stream: boolean): ReadAnswer
}

type Json = Record<string, unknown>

/** The error of an answer that the client itself cannot read. */
export const UNREADABLE = 'not JSON'

/** Every client dialect that Switchyard answers chats in, as bytes: no SDK that would retry or hide anything. */
export const CLIENT_DIALECTS: readonly ClientDialect[] = [
  {
    name: 'openai',
    path: '/v1/chat/completions',
    body: (model, question, stream) => ({ model, stream, messages: [{ role: 'user', content: question }] }),
    read: (body, stream) => (stream && isStream(body) ? readEvents(body, openAiEvent) : readWhole(body, openAiWhole)),
  },
  {
    name: 'responses',
    path: '/v1/responses',
    body: (model, question, stream) => ({ model, stream, input: question }),
    read: (body, stream) =>
      stream && isStream(body) ? readEvents(body, responsesEvent) : readWhole(body, responsesWhole),
  },
  {
    name: 'ollama',
    path: '/api/chat',
    body: (model, question, stream) => ({ model, stream, messages: [{ role: 'user', content: question }] }),
    read: (body, stream) => (stream ? readLines(body) : readWhole(body, ollamaPart)),
  },
  {
    name: 'anthropic',
    path: '/v1/messages',
    body: (model, question, stream) => ({
      model,
      stream,
      max_tokens: 4_096,
      messages: [{ role: 'user', content: question }],
    }),
    read: (body, stream) =>
      stream && isStream(body) ? readEvents(body, anthropicEvent) : readWhole(body, anthropicWhole),
  },
  {
    name: 'open-webui',
    path: '/api/chat/completions',
    body: (model, question, stream) => ({ model, stream, messages: [{ role: 'user', content: question }] }),
    read: (body, stream) => (stream && isStream(body) ? readEvents(body, openAiEvent) : readWhole(body, openAiWhole)),
  },
]

function isStream(body: string): boolean {
  return /^(?:event|data|:)/m.test(body)
}

type ReadPart = (value: Json) => Partial<ReadAnswer>

function readEvents(body: string, read: ReadPart): ReadAnswer {
  const answer: ReadAnswer = { text: '', error: null, finished: false }
  for (const line of body.split('\n')) {
    if (!line.startsWith('data:')) continue
    const data = line.slice('data:'.length).trim()
    if (data === '[DONE]') answer.finished = true
    else readJson(answer, data, read)
  }
  return answer
}

function readLines(body: string): ReadAnswer {
  const answer: ReadAnswer = { text: '', error: null, finished: false }
  for (const line of body.split('\n')) if (line.trim() !== '') readJson(answer, line, ollamaPart)
  return answer
}

function readWhole(body: string, read: ReadPart): ReadAnswer {
  const answer: ReadAnswer = { text: '', error: null, finished: false }
  readJson(answer, body, read)
  return answer
}

function readJson(answer: ReadAnswer, json: string, read: ReadPart): void {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    answer.error ??= UNREADABLE
    return
  }
  add(answer, read(value as Json))
}

function add(answer: ReadAnswer, part: Partial<ReadAnswer>): void {
  answer.text += part.text ?? ''
  answer.error ??= part.error ?? null
  answer.finished ||= part.finished ?? false
}

function openAiEvent(event: Json): Partial<ReadAnswer> {
  const [choice] = list(event.choices)
  return { text: text(object(choice?.delta).content), error: errorOf(event), finished: false }
}

function openAiWhole(whole: Json): Partial<ReadAnswer> {
  const [choice] = list(whole.choices)
  return {
    text: text(object(choice?.message).content),
    error: errorOf(whole),
    finished: typeof choice?.finish_reason === 'string',
  }
}

function responsesEvent(event: Json): Partial<ReadAnswer> {
  switch (event.type) {
    case 'response.output_text.delta':
      return { text: text(event.delta) }
    case 'response.completed':
    case 'response.incomplete':
      return { finished: true }
    case 'response.failed':
      return { error: errorOf(object(event.response)) ?? 'failed' }
    case 'error':
      return { error: errorOf(event) ?? text(event.message) }
    default:
      return {}
  }
}

function responsesWhole(whole: Json): Partial<ReadAnswer> {
  const said = list(whole.output).flatMap((item) => list(item.content).map((part) => text(part.text)))
  return { text: said.join(''), error: errorOf(whole), finished: whole.status === 'completed' }
}

function ollamaPart(part: Json): Partial<ReadAnswer> {
  return { text: text(object(part.message).content), error: errorOf(part), finished: part.done === true }
}

function anthropicEvent(event: Json): Partial<ReadAnswer> {
  const delta = object(event.delta)
  return {
    text: delta.type === 'text_delta' ? text(delta.text) : '',
    error: errorOf(event),
    finished: event.type === 'message_stop',
  }
}

function anthropicWhole(whole: Json): Partial<ReadAnswer> {
  const said = list(whole.content).map((block) => (block.type === 'text' ? text(block.text) : ''))
  return { text: said.join(''), error: errorOf(whole), finished: typeof whole.stop_reason === 'string' }
}

/** `error` as a text (Ollama) or an object, or Open WebUI's `detail`. */
function errorOf({ error, detail }: Json): string | null {
  if (typeof error === 'string') return error
  if (typeof detail === 'string') return detail
  if (typeof detail === 'object' && detail !== null) return errorOf({ error: (detail as Json).error ?? detail })
  return typeof error === 'object' && error !== null ? text((error as Json).message) || JSON.stringify(error) : null
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
