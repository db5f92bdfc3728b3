import { EngineError } from '../../spec/engine-error.ts'

/** Fields that Open WebUI's clients send for its own server; no upstream sees them. */
const FOR_THE_SERVER = [
  'params',
  'options',
  'metadata',
  'chat_id',
  'id',
  'session_id',
  'parent_id',
  'message_ids',
  'user_message',
  'files',
  'tool_ids',
  'tool_servers',
  'features',
  'variables',
  'chat_variables',
  'filter_ids',
  'skill_ids',
  'terminal_id',
  'folder_id',
  'background_tasks',
  'model_item',
  'assistant_message_id',
  'regeneration_prompt',
] as const

type Fields = Readonly<Record<string, unknown>>

/** A POST /api/chat/completions body, taken apart. */
export interface WebUiChatBody {
  /** What OpenAI's dialect knows, and what may be meant for the upstream. */
  body: Record<string, unknown>
  params: Fields
  /** Ollama's; other upstreams do not see them. */
  options: Fields
  variables: Fields
  chatVariables: Fields
  /** False if the body had nothing but OpenAI's fields. */
  isChanged: boolean
}

/** Takes the body apart. Throws `invalid_request` if it is no object. */
export function readWebUiChat(json: unknown): WebUiChatBody {
  if (!isFields(json)) throw new EngineError('invalid_request', 'The request body is wrong: expected object.')
  const body: Record<string, unknown> = { ...json }
  for (const field of FOR_THE_SERVER) delete body[field]
  return {
    body,
    params: fieldsOf(json.params),
    options: fieldsOf(json.options),
    variables: fieldsOf(json.variables),
    chatVariables: fieldsOf(json.chat_variables),
    isChanged: FOR_THE_SERVER.some((field) => field in json),
  }
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
