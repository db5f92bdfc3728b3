import { list, type ScriptedClaude } from './anthropic-rules.ts'

type Json = Record<string, unknown>

export const SIGNATURE = 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds3wZZiNZJ8pXoGZkb5iRh'
export const REDACTED = 'EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpPkNRj2YfWXGmKDxH4'
export const HALF_CHARACTERS = 'Füße, naïve – 漢字かな, 🙂👩‍👩‍👧 und mehr.'
export const LONG_TEXT = Array.from({ length: 2_000 }, (_each, index) => `word${index} `)
export const HUGE_TEXT_BYTES = 10 * 1024 * 1024

/** One block of an answer, in the pieces that its deltas have. */
export type ScriptedBlock =
  | { type: 'thinking'; pieces: string[] }
  | { type: 'redacted_thinking' }
  | { type: 'text'; pieces: string[] }
  | { type: 'tool_use'; name: string; input: object }

/** What happens after the blocks, instead of `message_delta` and `message_stop`. */
export type AnswerEnd =
  | 'done'
  | 'stays-open'
  | 'cut'
  | 'no-stop'
  | 'half-event'
  | 'endless'
  | 'silent'
  | 'malformed'
  | { error: string; type: string }

export interface ScriptedAnswer {
  blocks: ScriptedBlock[]
  stopReason: string
  stopSequence: string | null
  inputTokens: number
  end: AnswerEnd
  /** Bytes per write, which cuts characters; 0 sends events whole. */
  chunkBytes: number
}

/** Answered instead of a message. */
export interface ScriptedRefusal {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

const ERRORS: [
  word: string,
  status: number,
  type: string,
  message: string,
  headers?: Record<string, string>,
  details?: Json,
][] = [
  ['#400', 400, 'invalid_request_error', 'messages: something is wrong'],
  ['#401', 401, 'authentication_error', 'invalid x-api-key'],
  ['#403', 403, 'permission_error', 'Your API key does not have permission to use the specified resource.'],
  ['#too-long', 400, 'invalid_request_error', 'prompt is too long: 205233 tokens > 200000 maximum'],
  ['#credit', 400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
  [
    '#429',
    429,
    'rate_limit_error',
    'This request would exceed your organization’s rate limit of 50 requests per minute.',
    { 'retry-after': '7', 'anthropic-ratelimit-requests-remaining': '0', 'x-ratelimit-secret': 'x' },
  ],
  ['#lost-thread', 404, 'not_found_error', 'No usable Thread state was found.', {}, { error_code: 'thread_not_found' }],
  ['#500', 500, 'api_error', 'Internal server error'],
  ['#503', 503, 'overloaded_error', 'Overloaded'],
  ['#529', 529, 'overloaded_error', 'Overloaded'],
]

/**
 * What the scripted server answers, by words in the user's last text:
 * `#400` `#401` `#403` `#429` `#500` `#503` `#529` `#lost-thread` `#too-long` `#credit` `#html` `#redirect` `#not-sse` refuse;
 * `#silent` `#cut` `#no-stop` `#half-event` `#malformed` `#error-in-stream` `#endless` `#huge` `#long` `#half` spoil the stream;
 * `#stays-open` says all and leaves the line open;
 * `#refusal` `#pause` `#window` end with that stop reason, `#redacted` thinks in secret, `#tools` calls every tool once.
 * `#whole` is answered in one piece although a stream was asked for.
 * Else: a tool's result is told back, tools are called when the text has the word "weather" or "time" or one is forced,
 * a schema is obeyed, pictures are counted, thinking is done when asked for, and there is a joke.
 */
export function answerMessage(body: Json, model: ScriptedClaude): ScriptedAnswer | ScriptedRefusal {
  const question = lastText(body)
  const refusal = refusalFor(question)
  if (refusal !== null) return refusal
  const answer: ScriptedAnswer = {
    blocks: thoughts(body, question),
    stopReason: 'end_turn',
    stopSequence: null,
    inputTokens: countTokens(body),
    end: 'done',
    chunkBytes: 0,
  }
  const say = (...pieces: string[]): ScriptedAnswer => ({
    ...answer,
    blocks: [...answer.blocks, { type: 'text', pieces }],
  })
  if (question.includes('#silent')) return { ...answer, blocks: [], end: 'silent' }
  if (question.includes('#cut')) return { ...say('Once ', 'upon '), end: 'cut' }
  if (question.includes('#no-stop')) return { ...say('Once ', 'upon '), end: 'no-stop' }
  if (question.includes('#half-event')) return { ...say('Once ', 'upon '), end: 'half-event' }
  if (question.includes('#malformed')) return { ...say('Once ', 'upon '), end: 'malformed' }
  if (question.includes('#error-in-stream'))
    return { ...say('Once ', 'upon '), end: { type: 'overloaded_error', error: 'Overloaded' } }
  if (question.includes('#stays-open')) return { ...say('Once'), end: 'stays-open' }
  if (question.includes('#endless')) return { ...say('again '), end: 'endless' }
  if (question.includes('#half')) return { ...say(HALF_CHARACTERS), chunkBytes: 3 }
  if (question.includes('#huge')) return say('x'.repeat(HUGE_TEXT_BYTES))
  if (question.includes('#long')) return limited(say(...LONG_TEXT), body)
  if (question.includes('#refusal')) return { ...say('I'), stopReason: 'refusal' }
  if (question.includes('#pause')) return { ...say('Searching'), stopReason: 'pause_turn' }
  if (question.includes('#window')) return { ...say('Full'), stopReason: 'model_context_window_exceeded' }
  const result = toolResultText(body)
  if (result !== null) return say(...words(`The tool says ${result}.`))
  const calls = toolCalls(body, question)
  if (calls.length > 0) return { ...answer, blocks: [...answer.blocks, ...calls], stopReason: 'tool_use' }
  const format = (body.output_config as { format?: { schema: Json } } | undefined)?.format
  if (format !== undefined) return say(...inPieces(JSON.stringify(instanceOf(format.schema))))
  const images = imagesOf(body)
  if (images.length > 0) {
    const bytes = images.reduce((sum, image) => sum + Buffer.from(image, 'base64').length, 0)
    return say(...words(`I see ${images.length} picture(s) of ${bytes} bytes.`))
  }
  if (!model.vision && question.includes('picture')) return say('I am blind.')
  return limited(say(...words('Why did the llama cross the road? To prompt the other side.')), body)
}

/** Tokens of a prompt: a word of its texts is one, and each message costs three. */
export function countTokens(body: Json): number {
  const texts = [texted(body.system), ...list(body.messages).map((message) => texted(message.content))]
  const tools = list(body.tools).length * 40
  return words(texts.join(' ')).length + list(body.messages).length * 3 + tools
}

function refusalFor(question: string): ScriptedRefusal | null {
  for (const [word, status, type, message, headers, details] of ERRORS) {
    if (!question.includes(word)) continue
    return {
      status,
      contentType: 'application/json',
      body: errorBody(type, message, details),
      ...(headers === undefined ? {} : { headers }),
    }
  }
  if (question.includes('#html')) {
    return {
      status: 200,
      contentType: 'text/html',
      body: '<!doctype html><title>Sign in</title><p>Please sign in to the hotel network.',
    }
  }
  if (question.includes('#not-sse')) {
    return { status: 200, contentType: 'application/json', body: errorBody('overloaded_error', 'Overloaded') }
  }
  if (question.includes('#redirect')) {
    return { status: 302, contentType: 'text/plain', body: '', headers: { location: 'http://192.0.2.1/elsewhere' } }
  }
  return null
}

export function errorBody(type: string, message: string, details?: Json): string {
  return JSON.stringify({
    type: 'error',
    error: { type, message, details },
    request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  })
}

function thoughts(body: Json, question: string): ScriptedBlock[] {
  const type = (body.thinking as { type?: string } | undefined)?.type
  if (type !== 'enabled' && type !== 'adaptive') return []
  if (question.includes('#redacted')) return [{ type: 'redacted_thinking' }]
  return [{ type: 'thinking', pieces: ['Let me ', 'think.'] }]
}

function toolCalls(body: Json, question: string): ScriptedBlock[] {
  const tools = list(body.tools)
  const choice = body.tool_choice as { type: string; name?: string } | undefined
  if (choice?.type === 'none') return []
  const wanted = tools.filter(({ name }) => {
    if (choice?.type === 'tool') return name === choice.name
    return (
      question.includes('#tools') ||
      ['weather', 'time'].some((word) => question.includes(word) && String(name).includes(word))
    )
  })
  const called = wanted.length === 0 && choice?.type === 'any' ? tools.slice(-1) : wanted
  return called.map((tool) => ({
    type: 'tool_use',
    name: String(tool.name),
    input: instanceOf(tool.input_schema as Json) as object,
  }))
}

/** The API's `max_tokens` and `stop_sequences` applied; one piece is one token here. */
function limited(answer: ScriptedAnswer, body: Json): ScriptedAnswer {
  const last = answer.blocks.at(-1)
  if (last?.type !== 'text') return answer
  const whole = last.pieces.join('')
  const stops = ((body.stop_sequences ?? []) as string[])
    .map((stop) => ({ stop, at: whole.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at)
  const stop = stops[0]
  const said = stop === undefined ? last.pieces : words(whole.slice(0, stop.at))
  const limit = Number(body.max_tokens)
  const before = answer.blocks.slice(0, -1)
  if (said.length > limit)
    return { ...answer, blocks: [...before, { type: 'text', pieces: said.slice(0, limit) }], stopReason: 'max_tokens' }
  const blocks: ScriptedBlock[] = [...before, { type: 'text', pieces: said }]
  return stop === undefined
    ? { ...answer, blocks }
    : { ...answer, blocks, stopReason: 'stop_sequence', stopSequence: stop.stop }
}

function lastText(body: Json): string {
  const user = list(body.messages).findLast((message) => {
    if (message.role !== 'user') return false
    return typeof message.content === 'string' || list(message.content).some((block) => block.type === 'text')
  })
  return texted(user?.content)
}

function toolResultText(body: Json): string | null {
  const last = list(body.messages).at(-1)
  const results = list(last?.content).filter((block) => block.type === 'tool_result')
  if (results.length === 0) return null
  return results.map((block) => `${texted(block.content)}${block.is_error === true ? ' (failed)' : ''}`).join(' and ')
}

function imagesOf(body: Json): string[] {
  return list(body.messages)
    .flatMap((message) => list(message.content))
    .filter((block) => block.type === 'image')
    .map((block) => String((block.source as Json).data ?? ''))
}

function texted(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map((block) => (block.type === 'text' ? String(block.text) : ''))
    .join(' ')
}

/** The smallest value that a JSON Schema allows. */
function instanceOf(schema: Json): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>)
      return Object.fromEntries(properties.map(([key, value]) => [key, key === 'city' ? 'Paris' : instanceOf(value)]))
    }
    case 'array':
      return [instanceOf((schema.items ?? {}) as Json)]
    case 'number':
    case 'integer':
      return 42
    case 'boolean':
      return true
    default:
      return 'Ada'
  }
}

function words(whole: string): string[] {
  return whole.match(/\s*\S+\s*/g) ?? []
}

export function inPieces(whole: string): string[] {
  return whole.match(/[\s\S]{1,5}/g) ?? []
}
