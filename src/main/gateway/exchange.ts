import type { IncomingMessage } from 'node:http'
import type { Engine, RouteRecord } from '../engine/spec/engine.ts'
import type { EngineError } from '../engine/spec/engine-error.ts'
import type { Principal } from '../engine/spec/principal.ts'
import { LOOK_MS } from '../engine/spec/within-time.ts'
import type { Arrivals } from './arrivals.ts'
import type { Dialect } from './dialect.ts'
import type { GatewayResponse } from './gateway-response.ts'
import type { Slots } from './slots.ts'

/** Waits and bounds, ms; tests shorten them. */
export interface GatewayTiming {
  /** How long a stream's status line waits for the first part, so that early failures get their proper status. */
  commitAfterMs: number
  /** Between signs of life on a stream that has no content yet. */
  keepAliveMs: number
  /** A client that reads nothing for so long is cut off; its sequence is worth more than its answer. */
  stallMs: number
  /** A request body that makes no progress for so long is given up. */
  bodyIdleMs: number
  /** How long an answered client may go on sending a body that nobody wants, so that it reads the answer first. */
  lingerMs: number
  /** What running answers get to finish when the gateway closes. */
  drainMs: number
  /** What a server gets to say of itself, beyond the time to connect. */
  lookMs: number
}

export const DEFAULT_TIMING: GatewayTiming = {
  commitAfterMs: 10_000,
  keepAliveMs: 15_000,
  stallMs: 120_000,
  bodyIdleMs: 60_000,
  lingerMs: 2_000,
  drainMs: 3_000,
  lookMs: LOOK_MS,
}

/** What all requests of one gateway share. */
export interface GatewayContext {
  readonly engine: Engine
  readonly timing: GatewayTiming
  /** Largest JSON body, bytes. */
  readonly bodyLimit: number
  /** One per running generation, to end them when the gateway closes. */
  readonly running: Slots<{ abort(reason: EngineError): void }>
  /** Bodies on their way. */
  readonly arriving: Arrivals
  version(): Promise<string>
}

/** What a request takes along to upstreams that ask for it. */
export interface Forwarding {
  /** The caller's access token at the provider that it signed in with. */
  oauthToken: string | null
  /** Headers that tell an upstream who asks, and for which chat and message (`CHAT_ID`, `MESSAGE_ID`). */
  userInfo: ((ids: Readonly<Record<string, string>>) => Readonly<Record<string, string>>) | null
}

/** One request and its response. */
export interface Exchange {
  readonly gateway: GatewayContext
  readonly req: IncomingMessage
  readonly res: GatewayResponse
  readonly requestId: string
  readonly dialect: Dialect
  /** Path without query, percent-encoded, without slashes too many. */
  readonly path: string
  /** What follows `?`, or an empty string. */
  readonly query: string
  /** Monotonic ms. */
  readonly receivedAt: number
  /** True if the client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean
  /** Through which door it came: this machine's own, or the one that sharing opens. */
  readonly listener: 'local' | 'network'
  /** Whether it came over TLS. */
  readonly encrypted: boolean
  /** Who asks. `ANONYMOUS` until it is known, and for who did not say so in a valid way beyond this machine. */
  principal: Principal
  /** What became of the token that came along; see `requireSignedIn`. */
  credential: 'none' | 'valid' | 'invalid' | 'unreadable' | 'keys-off'
  /** What goes along to upstreams that ask who calls; null: nothing. */
  forwarding: Forwarding | null
  /** What says where the answer comes from, as far as it is decided; errors tell it too. */
  routed: { readonly route: RouteRecord } | null
  /** What a prefix route's path leaves over, decoded. */
  rest: string
  /** What stands at the `{names}` of a route's path, decoded. */
  params: Readonly<Record<string, string>>
  /** The requested model, once the body told it. */
  model: string | null
}

/** Whether the request announced a body. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length']
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
