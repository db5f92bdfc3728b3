type Json = Record<string, unknown>

/** A model of the scripted server, as GET /v1/models tells of it. */
export interface ScriptedClaude {
  id: string
  displayName: string
  createdAt: string
  maxInputTokens: number
  maxTokens: number
  thinking: { enabled: boolean; adaptive: boolean; disabled: boolean }
  effort: string[]
  structuredOutputs: boolean
  vision: boolean
  /** False: `temperature`, `top_p` and `top_k` are refused, as by Opus 4.7. */
  sampling: boolean
  /** False: the list tells only id and name, as the API did before 2026. */
  tellsCapabilities: boolean
}

/** A model of the scripted server; by default it can do what Opus 4.6 can, which thinks by budget and adaptively. */
export function scriptedClaude(id: string, fields: Partial<ScriptedClaude> = {}): ScriptedClaude {
  return {
    id,
    displayName: id
      .split('-')
      .map((word) => word[0]?.toUpperCase() + word.slice(1))
      .join(' '),
    createdAt: '2026-02-04T00:00:00Z',
    maxInputTokens: 1_000_000,
    maxTokens: 128_000,
    thinking: { enabled: true, adaptive: true, disabled: true },
    effort: ['low', 'medium', 'high', 'max'],
    structuredOutputs: true,
    vision: true,
    sampling: true,
    tellsCapabilities: true,
    ...fields,
  }
}

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

const FIELDS = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
  'container',
  'inference_geo',
  'cache_control',
])

/** What the API would complain of (400 invalid_request_error), in its own words; null if it would take the request. */
export function complaintAbout(body: Json, model: ScriptedClaude, isCount: boolean): string | null {
  for (const field of Object.keys(body)) if (!FIELDS.has(field)) return `${field}: Extra inputs are not permitted`
  if (!isCount && typeof body.max_tokens !== 'number') return 'max_tokens: Field required'
  if (isCount && 'max_tokens' in body) return 'max_tokens: Extra inputs are not permitted'
  const limit = Number(body.max_tokens ?? 1)
  if (limit < 1) return 'max_tokens: Input should be greater than or equal to 1'
  if (limit > model.maxTokens) {
    return `max_tokens: ${limit} > ${model.maxTokens}, which is the maximum allowed number of output tokens for ${model.id}`
  }
  const user = (body.metadata as { user_id?: string } | undefined)?.user_id ?? ''
  if (user.length > 256) return 'metadata.user_id: String should have at most 256 characters'
  if (user.includes('@')) return 'metadata.user_id: user_id appears to contain an email address'
  if (/^\+?[\d ]{9,}$/.test(user)) return 'metadata.user_id: user_id appears to contain a phone number'
  return complaintAboutMessages(body) ?? complaintAboutSampling(body, model) ?? complaintAboutThinking(body, model)
}

function complaintAboutMessages(body: Json): string | null {
  const messages = list(body.messages)
  if (messages.length === 0) return 'messages: at least one message is required'
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role'
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'user' && message.role !== 'assistant') {
      return `messages: Unexpected role "${String(message.role)}". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`
    }
    if (message.role === messages[index - 1]?.role)
      return `messages: roles must alternate between "user" and "assistant"`
    const blocks =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : list(message.content)
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`
    for (const block of blocks) {
      if (block.type === 'text' && block.text === '') return 'messages: text content blocks must be non-empty'
    }
    const odd = blocks.findIndex(({ source }) => {
      const { type, media_type: mediaType } = (source ?? {}) as Json
      return type === 'base64' && !IMAGE_TYPES.has(String(mediaType))
    })
    if (odd !== -1) {
      return `messages.${index}.content.${odd}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`
    }
    if (message.role === 'user') {
      const results = blocks.filter((block) => block.type === 'tool_result').map((block) => String(block.tool_use_id))
      const missing = open.filter((id) => !results.includes(id))
      if (missing.length > 0) {
        return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
      }
      const stray = results.find((id) => !open.includes(id))
      if (stray !== undefined) {
        return `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}.`
      }
      open = []
    } else {
      open = blocks.filter((block) => block.type === 'tool_use').map((block) => String(block.id))
      const bad = open.find((id) => !/^[a-zA-Z0-9_-]+$/.test(id))
      if (bad !== undefined)
        return `messages.${index}.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`
    }
  }
  for (const [index, tool] of list(body.tools).entries()) {
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool.name))) {
      return `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
    }
    if ((tool.input_schema as Json | undefined)?.type !== 'object') {
      return `tools.${index}.custom.input_schema.type: Field required`
    }
  }
  return null
}

function complaintAboutSampling(body: Json, model: ScriptedClaude): string | null {
  const { temperature, top_p: topP, top_k: topK } = body
  if (!model.sampling) {
    const given = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined)
    if (given !== undefined) return `${given}: is not supported for this model`
  }
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 1)) return 'temperature: range: 0..1'
  if (temperature !== undefined && topP !== undefined) {
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
  }
  if (topK !== undefined && Number(topK) < 0) return 'top_k: range: 0..'
  for (const text of (body.stop_sequences ?? []) as string[]) {
    if (text.trim() === '') return 'stop_sequences: each stop sequence must contain non-whitespace'
  }
  return null
}

function complaintAboutThinking(body: Json, model: ScriptedClaude): string | null {
  const { effort, format } = (body.output_config ?? {}) as { effort?: string; format?: { schema: Json } }
  if (effort !== undefined && !model.effort.includes(effort)) {
    return 'output_config.effort: This model does not support the effort parameter.'
  }
  if (format !== undefined) {
    if (!model.structuredOutputs) return `'${model.id}' does not support output format.`
    const complaint = complaintAboutSchema(format.schema)
    if (complaint !== null) return `output_config.format.schema: ${complaint}`
  }
  const thinking = body.thinking as { type: string; budget_tokens?: number } | undefined
  if (thinking === undefined) return null
  if (!(model.thinking as Record<string, boolean>)[thinking.type]) {
    return `"thinking.type.${thinking.type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`
  }
  if (thinking.type === 'disabled') return null
  const forced = ['any', 'tool'].includes(String((body.tool_choice as Json | undefined)?.type))
  if (forced) return 'Thinking may not be enabled when tool_choice forces tool use.'
  if (body.temperature !== undefined && body.temperature !== 1) {
    return '`temperature` may only be set to 1 when thinking is enabled.'
  }
  if (thinking.type !== 'enabled') return null
  const budget = thinking.budget_tokens ?? 0
  if (budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024'
  if (body.max_tokens !== undefined && Number(body.max_tokens) <= budget) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`.'
  }
  const messages = list(body.messages)
  const last = messages.findLastIndex((message) => message.role === 'assistant')
  const blocks = list(messages[last]?.content)
  const runs = blocks.some((block) => block.type === 'tool_use') && last === messages.length - 2
  if (runs && !['thinking', 'redacted_thinking'].includes(String(blocks[0]?.type))) {
    return `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(blocks[0]?.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`
  }
  const forged = blocks.find((block) => block.type === 'thinking' && !String(block.signature).startsWith('EqQB'))
  return forged === undefined ? null : `messages.${last}.content.0: Invalid \`signature\` in \`thinking\` block`
}

function complaintAboutSchema(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null) return null
  const { type, additionalProperties, minimum, maximum, minLength, properties } = schema as Json
  if (type === 'object' && additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false"
  }
  if ([minimum, maximum, minLength].some((value) => value !== undefined)) {
    return `For '${String(type)}' type, properties maximum, minimum, minLength are not supported`
  }
  for (const inner of Object.values((properties ?? {}) as Json)) {
    const complaint = complaintAboutSchema(inner)
    if (complaint !== null) return complaint
  }
  return null
}

export function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}
