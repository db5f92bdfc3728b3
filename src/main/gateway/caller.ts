import type { Caller } from '../engine/spec/engine.ts'
import { principalVariables } from '../engine/spec/principal.ts'
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
  const context: CallContext = {
    variables: { ...principalVariables(principal), USER_AGENT: req.headers['user-agent'] ?? '', ...ids },
  }
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

interface ChatIds {
  [name: string]: string
}
const NO_IDS: ChatIds = {}

/** The ids that Open WebUI's clients send along, as header templates name them. */
function idsOf(body: unknown): ChatIds {
  if (!isFields(body)) return NO_IDS
  const metadata = isFields(body.metadata) ? body.metadata : body
  const message = isFields(body.user_message) ? body.user_message : {}
  const found: ChatIds = {}
  const note = (name: string, ...values: unknown[]): void => {
    const value = values.find((each) => typeof each === 'string' && each !== '' && each.length <= MAX_ID)
    if (typeof value === 'string') found[name] = value
  }
  note('CHAT_ID', metadata.chat_id, body.chat_id)
  note('MESSAGE_ID', metadata.message_id, body.id)
  note('USER_MESSAGE_ID', message.id)
  note('USER_MESSAGE_PARENT_ID', message.parentId, body.parent_id)
  return found
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
