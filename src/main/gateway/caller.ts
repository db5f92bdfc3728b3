import type { Caller } from '../engine/spec/engine.ts'
import { type Principal, principalVariables } from '../engine/spec/principal.ts'
import type { CallContext } from '../engine/spec/upstream.ts'
import type { Exchange } from './exchange.ts'
import { withoutSession } from './session-cookie.ts'

/** Longest id of a chat or message that is passed on, characters. */
const MAX_ID = 256

/**
 * Who calls, with what connections forward or fill into headers. `body` is the request's, where it may name the chat and
 * the message it belongs to.
 */
export function callerOf(exchange: Exchange, via: Caller['via'], body?: unknown): Caller {
  const { req, requestId, principal, forwarding } = exchange
  const { cookie } = req.headers
  const ids = body === undefined ? NO_IDS : idsOf(body)
  const context = contextOf(principal, req.headers['user-agent'] ?? '', ids)
  // Our session is for us alone.
  const others = cookie === undefined ? undefined : withoutSession(cookie)
  if (others !== undefined) context.cookie = others
  if (forwarding !== null) {
    const { oauthToken, userInfo } = forwarding
    if (oauthToken !== null) context.oauthToken = oauthToken
    if (userInfo !== null) context.forwarded = userInfo(ids)
  }
  return { principal, via, requestId, context }
}

/** Its variables are worked out when a connection asks for them: nearly none has header templates. */
function contextOf(principal: Principal, userAgent: string, ids: ChatIds): CallContext {
  return { variables: () => ({ ...principalVariables(principal), USER_AGENT: userAgent, ...ids }) }
}

interface ChatIds {
  [name: string]: string
}
const NO_IDS: ChatIds = {}

/** The ids that Open WebUI's clients send along, as header templates name them. */
function idsOf(body: unknown): ChatIds {
  if (!isFields(body)) return NO_IDS
  const { metadata, user_message: given, chat_id, id, parent_id } = body
  // Most bodies name none.
  if (metadata === undefined && given === undefined && chat_id === undefined && id === undefined && !parent_id)
    return NO_IDS
  const ofChat = isFields(metadata) ? metadata : body
  const message = isFields(given) ? given : {}
  const found: ChatIds = {}
  const note = (name: string, ...values: unknown[]): void => {
    const value = values.find((each) => typeof each === 'string' && each !== '' && each.length <= MAX_ID)
    if (typeof value === 'string') found[name] = value
  }
  note('CHAT_ID', ofChat.chat_id, chat_id)
  note('MESSAGE_ID', ofChat.message_id, id)
  note('USER_MESSAGE_ID', message.id)
  note('USER_MESSAGE_PARENT_ID', message.parentId, parent_id)
  return found
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
