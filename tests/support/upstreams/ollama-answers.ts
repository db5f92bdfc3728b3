import { createHash } from 'node:crypto'

/** A model of the scripted server, as `/api/tags`, `/api/show` and `/api/ps` tell of it. */
export interface ScriptedOllamaModel {
  name: string
  family: string
  families: string[]
  parameterSize: string
  quantization: string
  sizeBytes: number
  digest: string
  modifiedAt: string
  /** Ollama's words: completion, tools, vision, thinking, embedding, insert. Null: an old server that does not tell. */
  capabilities: string[] | null
  contextLength: number
  template: string
  system: string
  parameters: string
  license: string
  /** Levels of `think` are refused with Ollama's own 400, as 0.13 does for every family but gpt-oss. */
  thinkLevels: boolean
}

/** Fills what is not given; the digest follows the name. */
export function scriptedModel(name: string, fields: Partial<ScriptedOllamaModel> = {}): ScriptedOllamaModel {
  return {
    name,
    family: 'llama',
    families: ['llama'],
    parameterSize: '8.0B',
    quantization: 'Q4_K_M',
    sizeBytes: 4_661_224_676,
    digest: createHash('sha256').update(name).digest('hex'),
    modifiedAt: '2026-08-26T21:46:36.388995313+03:00',
    capabilities: ['completion', 'tools', 'vision', 'thinking', 'insert'],
    contextLength: 131_072,
    template: '{{- if .System }}{{ .System }}{{ end }}{{ .Prompt }}',
    system: '',
    parameters: '',
    license: 'MIT License',
    thinkLevels: false,
    ...fields,
  }
}

/** What happens after the text of an answer, instead of its last line. */
export type AnswerEnd = 'done' | 'cut' | 'no-done' | 'endless' | 'silent' | { error: string }

export interface ScriptedAnswer {
  thinking: string[]
  /** Pieces of text, one line each. */
  text: string[]
  toolCalls: { name: string; arguments: object }[]
  doneReason: 'stop' | 'length'
  promptTokens: number
  end: AnswerEnd
  /** Bytes per write, which cuts characters; 0 sends lines whole. */
  chunkBytes: number
}

/** Answered instead of a stream. */
export interface ScriptedRefusal {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

export const HALF_CHARACTERS = 'Füße, naïve – 漢字かな, 🙂👩‍👩‍👧 und mehr.'
export const LONG_TEXT = Array.from({ length: 2_000 }, (_each, index) => `word${index}`)
export const HUGE_TEXT_BYTES = 10 * 1024 * 1024

type Json = Record<string, unknown>

/**
 * What the scripted server answers to /api/chat, by words in the last message of the user:
 * `#429` `#500` `#503` `#html` `#redirect` `#malformed` `#silent` `#cut` `#no-done` `#error-in-stream` `#half` `#long` `#endless` `#huge`
 * `#tools` (calls every tool that it was given once). Else: a tool result is told back, tools are called when the
 * text has the word "weather" or "time", `format` is obeyed, pictures are counted, and "joke" gets a joke.
 */
export function answerChat(body: Json, model: ScriptedOllamaModel): ScriptedAnswer | ScriptedRefusal {
  const messages = list(body.messages)
  const question = text(messages.findLast((message) => message.role === 'user')?.content)
  const last = messages.at(-1) ?? {}
  const refusal = refusalFor(question)
  if (refusal !== null) return refusal
  const thinks = body.think !== false && model.capabilities?.includes('thinking') === true
  const asked: ScriptedAnswer = {
    thinking: thinks ? ['Let me ', 'think.'] : [],
    text: [],
    toolCalls: [],
    doneReason: 'stop',
    promptTokens: words(messages.map((message) => text(message.content)).join(' ')).length + 3,
    end: 'done',
    chunkBytes: 0,
  }
  const tools = list(body.tools).map((tool) => tool.function as { name: string })
  if (question.includes('#silent')) return { ...asked, thinking: [], end: 'silent' }
  if (question.includes('#cut')) return { ...asked, text: ['Once ', 'upon '], end: 'cut' }
  if (question.includes('#no-done')) return { ...asked, text: ['Once ', 'upon '], end: 'no-done' }
  if (question.includes('#error-in-stream')) {
    const error =
      'an error was encountered while running the model: CUDA error: an illegal memory access was encountered'
    return { ...asked, text: ['Once ', 'upon '], end: { error } }
  }
  if (question.includes('#half')) return { ...asked, thinking: [], text: [HALF_CHARACTERS], chunkBytes: 3 }
  if (question.includes('#huge')) return { ...asked, thinking: [], text: ['x'.repeat(HUGE_TEXT_BYTES)] }
  if (question.includes('#endless')) return { ...asked, text: ['again '], end: 'endless' }
  if (question.includes('#long')) return sampled({ ...asked, text: LONG_TEXT.map((word) => `${word} `) }, body)
  if (last.role === 'tool')
    return { ...asked, text: words(`The tool ${text(last.tool_name)} says ${text(last.content)}.`) }
  const called = tools.filter(({ name }) => question.includes('#tools') || calls(question, name))
  if (called.length > 0) {
    return { ...asked, toolCalls: called.map(({ name }) => ({ name, arguments: { city: 'Paris' } })) }
  }
  const format = body.format
  if (format === 'json') return { ...asked, text: ['{"answer"', ':42}'] }
  if (typeof format === 'object' && format !== null)
    return { ...asked, text: inPieces(JSON.stringify(instanceOf(format as Json))) }
  const images = messages.flatMap((message) => (Array.isArray(message.images) ? (message.images as string[]) : []))
  if (images.length > 0) {
    const bytes = images.reduce((sum, image) => sum + Buffer.from(image, 'base64').length, 0)
    return { ...asked, text: words(`I see ${images.length} picture(s) of ${bytes} bytes.`) }
  }
  return sampled({ ...asked, text: words('Why did the llama cross the road? To prompt the other side.') }, body)
}

/** What it answers to /api/generate. */
export function answerGenerate(body: Json, model: ScriptedOllamaModel): ScriptedAnswer | ScriptedRefusal {
  const prompt = text(body.prompt)
  const answer = answerChat({ ...body, messages: [{ role: 'user', content: prompt }] }, model)
  if ('status' in answer || prompt.includes('#')) return answer
  if (body.suffix) return { ...answer, thinking: [], text: words(`a middle before ${text(body.suffix)}`) }
  if (body.raw === true)
    return sampled({ ...answer, thinking: [], text: words('there was a fox who wrote tests.') }, body)
  return answer
}

/** A vector that depends on the text alone; of length 1. */
export function embeddingOf(input: string, dimensions = 16): number[] {
  const vector = Array.from({ length: dimensions }, (_each, index) => {
    const hash = createHash('sha256').update(`${index} ${input}`).digest()
    return hash.readInt32BE(0) / 2 ** 31
  })
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

function refusalFor(question: string): ScriptedRefusal | null {
  const json = 'application/json; charset=utf-8'
  if (question.includes('#429')) {
    return {
      status: 429,
      contentType: json,
      body: '{"error":"too many requests for this account"}',
      headers: { 'retry-after': '7' },
    }
  }
  if (question.includes('#500')) {
    return { status: 500, contentType: json, body: '{"error":"llama runner process has terminated: exit status 2"}' }
  }
  if (question.includes('#503')) {
    const error = 'server busy, please try again.  maximum pending requests exceeded'
    return { status: 503, contentType: json, body: JSON.stringify({ error }) }
  }
  if (question.includes('#html')) {
    return {
      status: 200,
      contentType: 'text/html',
      body: '<!doctype html><title>Sign in</title><p>Please sign in to the hotel network.',
    }
  }
  if (question.includes('#redirect')) {
    return { status: 302, contentType: 'text/plain', body: '', headers: { location: 'http://192.0.2.1/elsewhere' } }
  }
  if (question.includes('#malformed')) {
    return {
      status: 200,
      contentType: 'application/x-ndjson',
      body: '{"message":{"content":"Once "},"done":false}\n{"mess\n',
    }
  }
  return null
}

/** Ollama's `num_predict` and `stop` applied; one piece is one token here. */
function sampled(answer: ScriptedAnswer, body: Json): ScriptedAnswer {
  const options = (body.options ?? {}) as { num_predict?: number; stop?: string[] }
  const whole = answer.text.join('')
  const at = (options.stop ?? []).map((stop) => whole.indexOf(stop)).filter((index) => index >= 0)
  const pieces = at.length === 0 ? answer.text : words(whole.slice(0, Math.min(...at)))
  const limit = options.num_predict ?? -1
  if (limit <= 0 || pieces.length + answer.thinking.length <= limit) return { ...answer, text: pieces }
  const thinking = answer.thinking.slice(0, limit)
  return { ...answer, thinking, text: pieces.slice(0, limit - thinking.length), doneReason: 'length' }
}

function calls(question: string, tool: string): boolean {
  return ['weather', 'time'].some((word) => question.includes(word) && tool.includes(word))
}

/** The smallest value that a JSON Schema allows. */
function instanceOf(schema: Json): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Record<string, Json>).map(([key, value]) => [
          key,
          instanceOf(value),
        ]),
      )
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

function inPieces(whole: string): string[] {
  return whole.match(/[\s\S]{1,5}/g) ?? []
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
