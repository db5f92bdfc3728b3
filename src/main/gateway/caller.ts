import type { Caller } from '../engine/spec/engine.ts'
import type { Exchange } from './exchange.ts'

/** Who calls: on the loopback interface always the owner. What connections forward or fill into headers comes along. */
export function callerOf({ req, requestId }: Exchange, via: Caller['via']): Caller {
  const { cookie } = req.headers
  const userAgent = req.headers['user-agent'] ?? ''
  return {
    kind: 'owner',
    via,
    requestId,
    context: {
      variables: { USER_ID: 'owner', USER_NAME: 'owner', USER_ROLE: 'admin', USER_AGENT: userAgent },
      ...(cookie === undefined ? {} : { cookie }),
    },
  }
}
