import { createHash } from 'node:crypto'

/** Whose server it plays. `compatible` is a strict one that nobody knows. */
export type OpenAiFlavour = 'openai' | 'azure' | 'localai' | 'vllm' | 'llama-server' | 'compatible'

/** A model of the scripted server. For azure, `id` is the deployment. */
export interface ScriptedOpenAiModel {
  id: string
  /** `chat` unless it embeds. */
  kind: 'chat' | 'embedding'
  /** True: its thoughts come as `reasoning_content` before the text. */
  reasons: boolean
  contextLength: number
  dimensions: number
}

export function scriptedOpenAiModel(id: string, fields: Partial<ScriptedOpenAiModel> = {}): ScriptedOpenAiModel {
  return { id, kind: 'chat', reasons: false, contextLength: 128_000, dimensions: 16, ...fields }
}

/** What happens after the last piece. `no-end` closes properly without finish_reason; `error` comes as an event. */
export type ScriptedEnd = 'done' | 'cut' | 'no-end' | 'endless' | { error: unknown }

export interface ScriptedOpenAiAnswer {
  reasoning: string[]
  text: string[]
  toolCalls: { name: string; arguments: string }[]
  finish: 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'insufficient_system_resource'
  promptTokens: number
  end: ScriptedEnd
  /** ms between two events. */
  eventMs: number
  refusal?: string
}

export interface ScriptedOpenAiRefusal {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

/** A chat as the script sees it, whichever API it came by. */
export interface AskedOf {
  /** Last text of the user. */
  question: string
  /** All texts, for counting. */
  texts: string
  /** Text of the tool result that ends the conversation; null if none does. */
  toolResult: string | null
  images: string[]
  tools: string[]
  json: 'object' | Record<string, unknown> | null
  maxTokens: number | null
  stop: string[]
  thinks: boolean
}

export const HALF_CHARACTERS = 'Füße, naïve – 漢字かな, 🙂👩‍👩‍👧 und mehr.'
export const HUGE_TEXT_BYTES = 10 * 1024 * 1024
const LONG_TEXT = Array.from({ length: 2_000 }, (_each, index) => `word${index} `)

type Json = Record<string, unknown>

/**
 * What it answers to a chat, by words in the last message of the user:
 * `#400` `#401` `#429` `#500` `#503` `#html` `#redirect` `#malformed` `#not-json` `#content-filter` (refusals), `#silent` (nothing at all), `#cut`
 * `#no-end` `#gave-up` `#error-in-stream` `#half` `#long` `#endless` `#huge` `#refusal` `#filtered` `#tools` (calls every tool once).
 * Else: a tool result is told back, tools are called when the text has "weather" or "time", JSON formats are obeyed,
 * pictures are counted, and everything else gets a joke.
 */
export function answerOf(asked: AskedOf, model: ScriptedOpenAiModel): ScriptedOpenAiAnswer {
  const { question } = asked
  const answer: ScriptedOpenAiAnswer = {
    reasoning: model.reasons && asked.thinks ? ['Let me ', 'think.'] : [],
    text: [],
    toolCalls: [],
    finish: 'stop',
    promptTokens: words(asked.texts).length + 3,
    end: 'done',
    eventMs: 0,
  }
  if (question.includes('#cut')) return { ...answer, text: ['Once ', 'upon '], end: 'cut' }
  if (question.includes('#no-end')) return { ...answer, text: ['Once ', 'upon '], end: 'no-end' }
  if (question.includes('#gave-up')) {
    return { ...answer, text: ['Once ', 'upon '], finish: 'insufficient_system_resource' }
  }
  if (question.includes('#error-in-stream')) {
    const message = 'The server had an error while processing your request. Sorry about that!'
    const error = { message, type: 'server_error', param: null, code: null }
    return { ...answer, text: ['Once ', 'upon '], end: { error } }
  }
  if (question.includes('#half')) return { ...answer, reasoning: [], text: [HALF_CHARACTERS] }
  if (question.includes('#huge')) return { ...answer, reasoning: [], text: ['x'.repeat(HUGE_TEXT_BYTES)] }
  if (question.includes('#endless')) return { ...answer, text: ['again '], end: 'endless', eventMs: 1 }
  if (question.includes('#refusal')) return { ...answer, refusal: "I'm sorry, I cannot assist with that request." }
  if (question.includes('#filtered')) return { ...answer, text: ['Well, '], finish: 'content_filter' }
  if (question.includes('#long')) return limited({ ...answer, text: LONG_TEXT, eventMs: 1 }, asked)
  if (asked.toolResult !== null) return { ...answer, text: words(`The tool says ${asked.toolResult}.`) }
  const called = asked.tools.filter((name) => question.includes('#tools') || isCalled(question, name))
  if (called.length > 0) {
    const toolCalls = called.map((name) => ({ name, arguments: '{"city":"Paris"}' }))
    return { ...answer, toolCalls, finish: 'tool_calls' }
  }
  if (asked.json === 'object') return { ...answer, text: ['{"answer"', ':42}'] }
  if (asked.json !== null) return { ...answer, text: inPieces(JSON.stringify(instanceOf(asked.json))) }
  if (asked.images.length > 0) {
    const bytes = asked.images.reduce((sum, url) => sum + Buffer.from(url.split(',')[1] ?? '', 'base64').length, 0)
    return { ...answer, text: words(`I see ${asked.images.length} picture(s) of ${bytes} bytes.`) }
  }
  return limited({ ...answer, text: words('Why did the llama cross the road? To prompt the other side.') }, asked)
}

/** What it answers to a text completion. */
export function completionOf(prompt: string, asked: AskedOf, model: ScriptedOpenAiModel): ScriptedOpenAiAnswer {
  if (prompt.includes('#')) return { ...answerOf(asked, model), reasoning: [] }
  return limited({ ...answerOf(asked, model), reasoning: [], text: words('there was a fox who wrote tests.') }, asked)
}

/** A refusal that the question asks for, in the flavour's own shape. */
export function refusalOf(question: string, flavour: OpenAiFlavour): ScriptedOpenAiRefusal | null {
  if (question.includes('#400')) {
    const message =
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 128437 tokens. Please reduce the length of the messages."
    return errorAnswer(flavour, 400, message, { param: 'messages', code: 'context_length_exceeded' })
  }
  if (question.includes('#content-filter')) {
    const message =
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry."
    const body = {
      error: {
        message,
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { violence: { filtered: true, severity: 'high' } },
        },
      },
    }
    return { status: 400, contentType: 'application/json', body: JSON.stringify(body) }
  }
  if (question.includes('#429')) {
    const message =
      'Rate limit reached for gpt-4o in organization org-scripted on tokens per min (TPM): Limit 30000, Used 29871, Requested 412. Please try again in 566ms.'
    const refusal = errorAnswer(flavour, 429, message, { type: 'tokens', code: 'rate_limit_exceeded' })
    return { ...refusal, headers: { 'retry-after': '1' } }
  }
  if (question.includes('#500')) {
    const message = 'The server had an error while processing your request. Sorry about that!'
    return errorAnswer(flavour, 500, message, { type: 'server_error' })
  }
  if (question.includes('#503')) {
    const message = 'The engine is currently overloaded, please try again later.'
    return errorAnswer(flavour, 503, message, { type: 'server_error', code: 'engine_overloaded' })
  }
  if (question.includes('#html')) {
    const body = '<!doctype html><title>Sign in</title><p>Please sign in to the hotel network.'
    return { status: 200, contentType: 'text/html', body }
  }
  if (question.includes('#redirect')) {
    return { status: 302, contentType: 'text/plain', body: '', headers: { location: 'http://192.0.2.1/elsewhere' } }
  }
  if (question.includes('#malformed')) {
    const body = 'data: {"choices":[{"index":0,"delta":{"content":"Once "}}]}\n\ndata: {"choi\n\n'
    return { status: 200, contentType: 'text/event-stream', body }
  }
  if (question.includes('#not-json')) {
    return { status: 200, contentType: 'application/json', body: '{"choices":[{"message":{"content":"Onc' }
  }
  return null
}

/** An error as the flavour shapes it. */
export function errorAnswer(
  flavour: OpenAiFlavour,
  status: number,
  message: string,
  fields: { type?: string; param?: string | null; code?: string | null } = {},
): ScriptedOpenAiRefusal {
  const { type = 'invalid_request_error', param = null, code = null } = fields
  const body =
    flavour === 'vllm'
      ? { object: 'error', message, type: 'BadRequestError', param, code: status }
      : flavour === 'localai' || flavour === 'llama-server'
        ? { error: { code: status, message, type } }
        : { error: { message, type, param, code } }
  return { status, contentType: 'application/json', body: JSON.stringify(body) }
}

/** A vector that depends on the text alone; not of length 1, as some servers' are not. */
export function vectorOf(input: string, dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_each, index) => {
    const hash = createHash('sha256').update(`${index} ${input}`).digest()
    return hash.readInt32BE(0) / 2 ** 31
  })
}

/** The smallest value that a JSON Schema allows. */
function instanceOf(schema: Json): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>)
      return Object.fromEntries(properties.map(([key, value]) => [key, instanceOf(value)]))
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

/** Stop texts and the cap applied; one piece is one token here. */
function limited(answer: ScriptedOpenAiAnswer, { stop, maxTokens }: AskedOf): ScriptedOpenAiAnswer {
  const whole = answer.text.join('')
  const at = stop.map((text) => whole.indexOf(text)).filter((index) => index >= 0)
  const pieces = at.length === 0 ? answer.text : words(whole.slice(0, Math.min(...at)))
  if (maxTokens === null || pieces.length + answer.reasoning.length <= maxTokens) return { ...answer, text: pieces }
  const reasoning = answer.reasoning.slice(0, maxTokens)
  return { ...answer, reasoning, text: pieces.slice(0, maxTokens - reasoning.length), finish: 'length' }
}

function isCalled(question: string, tool: string): boolean {
  return ['weather', 'time'].some((word) => question.includes(word) && tool.includes(word))
}

function words(whole: string): string[] {
  return whole.match(/\s*\S+\s*/g) ?? []
}

function inPieces(whole: string): string[] {
  return whole.match(/[\s\S]{1,5}/g) ?? []
}
