import type { AskedOf } from './openai-answers.ts'

type Json = Record<string, unknown>

/** What a body of POST /chat/completions asks for. */
export function askedByChat(body: Json): AskedOf {
  const messages = listOf(body.messages)
  const last = messages.at(-1) ?? {}
  const format = body.response_format as { type?: string; json_schema?: { schema?: Json } } | undefined
  return {
    question: textOf(messages.findLast((message) => message.role === 'user' && !isPictures(message))?.content),
    texts: messages.map((message) => textOf(message.content)).join(' '),
    toolResult:
      last.role === 'tool' ? textOf(last.content) : isPictures(last) ? textOf(messages.at(-2)?.content) : null,
    images: messages.flatMap((message) => imagesOf(message.content)),
    tools: listOf(body.tools).map((tool) => String((tool.function as Json | undefined)?.name)),
    json:
      format?.type === 'json_schema'
        ? (format.json_schema?.schema ?? {})
        : format?.type === 'json_object'
          ? 'object'
          : null,
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    stop: typeof body.stop === 'string' ? [body.stop] : Array.isArray(body.stop) ? (body.stop as string[]) : [],
    thinks:
      body.reasoning_effort !== 'none' &&
      (body.chat_template_kwargs as { enable_thinking?: boolean } | undefined)?.enable_thinking !== false &&
      (body.thinking as { type?: string } | undefined)?.type !== 'disabled',
  }
}

/** What a body of POST /completions asks for. */
export function askedByCompletion(body: Json): AskedOf {
  return askedByChat({ ...body, messages: [{ role: 'user', content: String(body.prompt ?? '') }] })
}

/** What a body of POST /responses asks for. */
export function askedByResponses(body: Json): AskedOf {
  const input = typeof body.input === 'string' ? [{ role: 'user', content: body.input } as Json] : listOf(body.input)
  const last = input.at(-1) ?? {}
  const format = (body.text as { format?: { type?: string; schema?: Json } } | undefined)?.format
  const effort = (body.reasoning as { effort?: string } | undefined)?.effort
  return {
    question: textOf(input.findLast((item) => item.role === 'user')?.content),
    texts: [textOf(body.instructions), ...input.map((item) => textOf(item.content ?? item.output))].join(' '),
    toolResult: last.type === 'function_call_output' ? textOf(last.output) : null,
    images: input.flatMap((item) => imagesOf(item.content ?? item.output)),
    tools: listOf(body.tools).map((tool) => String(tool.name)),
    json: format?.type === 'json_schema' ? (format.schema ?? {}) : format?.type === 'json_object' ? 'object' : null,
    maxTokens: numberOf(body.max_output_tokens),
    stop: [],
    thinks: effort !== 'none' && effort !== 'minimal',
  }
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('')
}

function imagesOf(content: unknown): string[] {
  return listOf(content).flatMap((part) => {
    const url = part.type === 'image_url' ? (part.image_url as { url: string }).url : part.image_url
    return (part.type === 'image_url' || part.type === 'input_image') && typeof url === 'string' ? [url] : []
  })
}

/** The message that carries a tool's pictures: it is no question of the person. */
function isPictures(message: Json): boolean {
  return (
    message.role === 'user' && imagesOf(message.content).length > 0 && / from the tool /.test(textOf(message.content))
  )
}
