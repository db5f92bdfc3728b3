import type { Engine } from '../engine/spec/engine.ts'
import { toEngineError } from '../engine/spec/engine-error.ts'
import type { Principal } from '../engine/spec/principal.ts'
import type { Exchange, Forwarding } from './exchange.ts'

/**
 * Gets what connections may want to know of the caller into the exchange. Null where nothing has to be waited for, which
 * is all requests but those of instances that forward tokens or signed user information.
 */
export function prepareForwarding(exchange: Exchange): Promise<void> | null {
  const { principal } = exchange
  const { engine } = exchange.gateway
  const wantsToken = principal.kind === 'person' && forwardsTokens(engine)
  const userInfo = engine.userInfoHeaders?.(principal) ?? null
  if (!wantsToken && !(userInfo instanceof Promise)) {
    if (userInfo !== null) exchange.forwarding = { oauthToken: null, userInfo: withIds(engine, principal, userInfo) }
    return null
  }
  return gather(exchange, wantsToken, userInfo)
}

async function gather(
  exchange: Exchange,
  wantsToken: boolean,
  userInfo: Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>> | null,
): Promise<void> {
  const { principal, gateway } = exchange
  const [oauthToken, headers] = await Promise.all([wantsToken ? tokenOf(gateway.engine, principal) : null, userInfo])
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

function forwardsTokens({ connectionSet }: Engine): boolean {
  return connectionSet.all().some(({ config }) => config?.auth.type === 'system_oauth')
}

/** Most requests go elsewhere; one that needs the token is refused by its upstream, whose words then say so. */
async function tokenOf({ team, log }: Engine, principal: Principal): Promise<string | null> {
  try {
    return await team.oauthToken(principal.id)
  } catch (error) {
    log.warn({ person: principal.id, reason: toEngineError(error).message }, 'no OAuth token for the caller')
    return null
  }
}
