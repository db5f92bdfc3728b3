import type { GbnfJsonSchema } from 'node-llama-cpp'
import type {
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  JsonSchema,
  ToolDefinition,
} from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { toGbnfSchema } from './schema/gbnf-schema.ts'

/** Enough for a percentage or an age. In a list of numbers, 400 alternatives held up all streams for half a second a token. */
const MOST_INTEGERS_IN_ANSWERS = 128
/** A tool's schema is also shown to the model, with every alternative. */
const MOST_INTEGERS_IN_TOOLS = 16

type OnDropped = (path: string) => void

/** The schema of an answer as the grammar takes it. Throws `invalid_request` for one that cannot be satisfied. */
export function answerSchema(schema: JsonSchema, onDropped: OnDropped): GbnfJsonSchema {
  return toGbnfSchema(schema, { mostIntegers: MOST_INTEGERS_IN_ANSWERS, onDropped })
}

/** The schema of a tool's arguments as the grammar takes it; undefined if it takes none. */
export function argumentsSchema(tool: ToolDefinition, onDropped: OnDropped): GbnfJsonSchema | undefined {
  const { parameters } = tool
  if (parameters === undefined || takesNone(parameters)) return undefined
  try {
    return toGbnfSchema(parameters, { mostIntegers: MOST_INTEGERS_IN_TOOLS, onDropped })
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause
    throw new EngineError(cause.code, `The tool ${JSON.stringify(tool.name)} cannot be offered. ${cause.message}`, {
      cause,
      param: 'tools',
      ...(cause.detail === undefined ? {} : { detail: cause.detail }),
    })
  }
}

/**
 * An empty list of properties is how clients write a tool without arguments. As a schema it would let in any object, and a
 * small model then makes one up.
 */
function takesNone({ type, properties, additionalProperties, required, ...others }: JsonSchema): boolean {
  if (Object.keys(others).some((key) => !WORDS.has(key))) return false
  if (properties === undefined && type === undefined)
    return additionalProperties === undefined && required === undefined
  const isEmpty = typeof properties === 'object' && properties !== null && Object.keys(properties).length === 0
  const needsNone = required === undefined || (Array.isArray(required) && required.length === 0)
  return type === 'object' && isEmpty && needsNone && (additionalProperties ?? false) === false
}

/** What a schema says about itself to people. */
const WORDS: ReadonlySet<string> = new Set(['$schema', 'title', 'description'])

/**
 * The fields of a request that the answer may break or that have no effect here, in the words of the OpenAI dialect
 * (`response_format.json_schema.schema.properties.age.minimum`). Throws `invalid_request` for a schema that cannot be
 * satisfied. It runs before the model is loaded, so that the caller is told first.
 */
export function notEnforced(request: ChatRequest | CompletionRequest): string[] {
  const fields = new Set<string>()
  const { responseFormat } = request
  if (responseFormat?.type === 'json-schema') {
    answerSchema(responseFormat.schema, (path) => fields.add(`response_format.json_schema.schema.${path}`))
  }
  if ('messages' in request) addFieldsOfChat(request, fields)
  for (const name of withoutEffect(request)) fields.add(name)
  return [...fields]
}

function addFieldsOfChat(request: ChatRequest, fields: Set<string>): void {
  if (request.toolChoice !== 'none') {
    for (const [index, tool] of (request.tools ?? []).entries()) {
      argumentsSchema(tool, (path) => fields.add(`tools[${index}].function.parameters.${path}`))
    }
  }
  for (const [index, message] of request.messages.entries()) {
    if (message.role === 'tool' && message.isError === true) fields.add(`messages[${index}].is_error`)
  }
  if (request.reasoning?.effort !== undefined) fields.add('reasoning_effort')
}

/** What any request may hold and nothing is made of here, Ollama's `options` without a field of their own among them. */
export function withoutEffect({
  runtime,
  user,
  extra = {},
}: Pick<ChatRequest | EmbeddingRequest, 'runtime' | 'user' | 'extra'>): string[] {
  const options = Object.entries(runtime?.options ?? {})
  return [
    ...(runtime?.shift === undefined ? [] : ['shift']),
    ...options.flatMap(([name, value]) => (value === undefined || value === null ? [] : [name])),
    ...(user === undefined ? [] : ['user']),
    ...Object.keys(extra),
  ]
}
