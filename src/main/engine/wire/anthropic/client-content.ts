import { z } from 'zod'
import type { ContentPart } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { imageFromUrl, imageOfType } from '../image-source.ts'

export const textBlock = z.object({ type: z.literal('text'), text: z.string() })
const imageSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
  z.object({ type: z.literal('file') }),
])
const imageBlock = z.object({ type: z.literal('image'), source: imageSource })
const citations = z.object({ enabled: z.boolean().nullish() }).nullish()
const documentBlock = z.object({
  type: z.literal('document'),
  citations,
  title: z.string().nullish(),
  context: z.string().nullish(),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), data: z.string() }),
    z.object({
      type: z.literal('content'),
      content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock]))]),
    }),
    z.object({ type: z.enum(['base64', 'url', 'file']) }),
  ]),
})
const searchResultBlock = z.object({
  type: z.literal('search_result'),
  title: z.string(),
  source: z.string(),
  content: z.array(textBlock),
  citations,
})
const toolResultBlock = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z
    .union([
      z.string(),
      z.array(
        z.discriminatedUnion('type', [
          textBlock,
          imageBlock,
          documentBlock,
          searchResultBlock,
          z.object({ type: z.enum(['tool_reference', 'browser_state']) }),
        ]),
      ),
    ])
    .nullish(),
  is_error: z.boolean().nullish(),
})
/** What Anthropic's own servers write into a conversation when they run tools. */
const serverBlock = z.object({
  type: z.enum([
    'server_tool_use',
    'web_search_tool_result',
    'web_fetch_tool_result',
    'code_execution_tool_result',
    'bash_code_execution_tool_result',
    'text_editor_code_execution_tool_result',
    'tool_search_tool_result',
    'container_upload',
    'mcp_tool_use',
    'mcp_tool_result',
    'compaction',
  ]),
})

export const userBlock = z.discriminatedUnion('type', [
  textBlock,
  imageBlock,
  documentBlock,
  searchResultBlock,
  toolResultBlock,
  serverBlock,
])
export type UserBlock = z.output<typeof userBlock>

export const assistantBlock = z.discriminatedUnion('type', [
  textBlock,
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  z.object({ type: z.literal('redacted_thinking') }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string().min(1),
    name: z.string().min(1),
    input: z.unknown().optional(),
  }),
  serverBlock,
])
export type AssistantBlock = z.output<typeof assistantBlock>

export type ImagePart = Extract<ContentPart, { type: 'image' | 'image-url' }>
type ResultBlock = Exclude<NonNullable<z.output<typeof toolResultBlock>['content']>, string>[number]

/** Blocks that a person or a tool can give, as parts. `at` names the block for errors (`messages[0].content[2]`). */
export function contentParts(
  block: Exclude<UserBlock, { type: 'tool_result' }> | ResultBlock,
  at: string,
): ContentPart[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text }]
    case 'image':
      return [imagePart(block.source, `${at}.source`)]
    case 'document':
      return documentParts(block, at)
    case 'search_result': {
      const text = block.content.map((part) => part.text).join('\n')
      return [{ type: 'text', text: `${block.title}\n${block.source}\n\n${text}` }]
    }
    default:
      throw anthropicOnly(at, block.type)
  }
}

/** Whether the answer is asked to quote what it is given, in a form that only Anthropic's own API has. */
export function asksForCitations(block: UserBlock): boolean {
  if (block.type === 'tool_result') {
    return typeof block.content !== 'string' && (block.content ?? []).some(hasCitations)
  }
  return hasCitations(block)
}

function hasCitations(block: UserBlock | ResultBlock): boolean {
  return (block.type === 'document' || block.type === 'search_result') && block.citations?.enabled === true
}

/** What only Anthropic's own API can do; a request with it is answered there by the fast path. */
export function anthropicOnly(at: string, what: string): EngineError {
  return new EngineError(
    'unsupported',
    `'${at}' is not supported: '${what}' only works where the model runs on an Anthropic connection.`,
    { param: at },
  )
}

function imagePart(source: z.output<typeof imageSource>, at: string): ImagePart {
  switch (source.type) {
    case 'base64':
      return imageOfType(source.media_type, source.data)
    case 'url':
      return imageFromUrl(source.url, `${at}.url`) as ImagePart
    case 'file':
      throw anthropicOnly(at, 'file')
  }
}

function documentParts({ source, title, context }: z.output<typeof documentBlock>, at: string): ContentPart[] {
  const heading = [title, context].filter((text) => text != null && text !== '').join('\n')
  const head: ContentPart[] = heading === '' ? [] : [{ type: 'text', text: `${heading}\n\n` }]
  switch (source.type) {
    case 'text':
      return [{ type: 'text', text: heading === '' ? source.data : `${heading}\n\n${source.data}` }]
    case 'content':
      if (typeof source.content === 'string') return [...head, { type: 'text', text: source.content }]
      return [...head, ...source.content.flatMap((part, index) => contentParts(part, `${at}.source.content[${index}]`))]
    default:
      throw new EngineError(
        'unsupported',
        `'${at}' is not supported: of documents, only plain text can be sent to this model, not '${source.type}'.`,
        { param: at },
      )
  }
}
