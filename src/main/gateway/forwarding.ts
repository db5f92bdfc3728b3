import type { Engine } from '../engine/spec/engine.ts'
import type { Principal } from '../engine/spec/principal.ts'
import { callerToken } from '../engine/wire/caller-token.ts'
import type { Exchange, Forwarding } from './exchange.ts'

/**
 * Gets what connections may want to know of the caller into the exchange. Null where nothing has to be waited for, which
 * is all requests but those of instances that forward tokens or signed user information.
 */
export function prepareForwarding(exchange: Exchange): Promise<void> | null {
  const { principal } = exchange
  const { engine } = exchange.gateway
  const token = callerToken(engine, principal)
  const userInfo = engine.userInfoHeaders?.(principal) ?? null
  if (token === null && !(userInfo instanceof Promise)) {
    if (userInfo !== null) exchange.forwarding = { oauthToken: null, userInfo: withIds(engine, principal, userInfo) }
    return null
  }
  return gather(exchange, token, userInfo)
}

async function gather(
  exchange: Exchange,
  token: Promise<string | null> | null,
  userInfo: Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>> | null,
): Promise<void> {
  const { principal, gateway } = exchange
  const [oauthToken, headers] = await Promise.all([token, userInfo])
  const { engine } = gateway
  exchange.forwarding = { oauthToken, userInfo: headers === null ? null : withIds(engine, principal, headers) }
}

/** The ids come with the body. A signed token says nothing of them, so what was signed before stands. */
function withIds(
  engine: Engine,
  principal: Principal,
  known: Readonly<Record<string, string>>,
): NonNullable<Forwarding['userInfo']> {
  return ({ CHAT_ID: chatId, MESSAGE_ID: messageId }) => {
    const headers = engine.userInfoHeaders?.(principal, { chatId, messageId }) ?? known
    return headers instanceof Promise ? known : headers
  }
}
