import type { ConnectionHealth, ConnectionState } from '#shared/connections.ts'
import type { ErrorCode } from '#shared/error-codes.ts'
import type { HealthBoard } from '../spec/connections.ts'
import { toEngineError, toPublicError } from '../spec/engine-error.ts'

/** A look that takes longer than this says `slow`, ms. */
const SLOW_MS = 2_000

const UNKNOWN: ConnectionHealth = {
  state: 'unknown',
  latencyMs: null,
  checkedAt: null,
  lastOkAt: null,
  lastError: null,
  version: null,
  inFlight: 0,
  modelCount: 0,
  modelsKnownAt: null,
  nextCheckAt: null,
}

/** What a failure says about the whole connection; null: it was about the one request. */
const STATE_AFTER: Partial<Record<ErrorCode, ConnectionState>> = {
  upstream_unavailable: 'down',
  connect_timeout: 'down',
  first_byte_timeout: 'down',
  auth_failed: 'auth-failed',
  rate_limited: 'limited',
  quota_exceeded: 'limited',
}

/**
 * Health by connection, as looks and requests report it. A request's failure marks a connection only where it speaks
 * for the whole of it: a model that takes too long to its first byte is no reason to call the server down.
 */
export function createHealthBoard({ now }: { now: () => number }): HealthBoard {
  const board = new Map<string, ConnectionHealth>()
  const listeners = new Set<(id: string) => void>()

  /** Apart from the rest: it moves with every request, twice. */
  const inFlight = new Map<string, number>()

  const get = (id: string): ConnectionHealth => {
    const known = board.get(id) ?? UNKNOWN
    const running = inFlight.get(id) ?? 0
    return running === known.inFlight ? known : { ...known, inFlight: running }
  }

  function tell(id: string): void {
    for (const listener of listeners) listener(id)
  }

  function set(id: string, change: Partial<ConnectionHealth>): void {
    const before = get(id)
    board.set(id, { ...before, ...change })
    tell(id)
  }

  return {
    get,
    inFlight: (id) => inFlight.get(id) ?? 0,
    state: (id) => board.get(id)?.state ?? 'unknown',
    isDown: (id) => {
      const state = board.get(id)?.state
      return state === 'down' || state === 'auth-failed'
    },
    succeeded(id, { latencyMs, modelCount, version }) {
      const at = now()
      set(id, {
        state: latencyMs > SLOW_MS ? 'slow' : 'ready',
        latencyMs,
        checkedAt: at,
        lastOkAt: at,
        modelCount,
        modelsKnownAt: at,
        ...(version === undefined ? {} : { version }),
      })
    },
    failed(id, thrown, source) {
      const error = toEngineError(thrown)
      if (error.code === 'aborted' || error.code === 'shutting_down') return
      const at = now()
      const verdict = STATE_AFTER[error.code] ?? (source === 'look' ? 'down' : null)
      const state = source === 'request' && error.code === 'first_byte_timeout' ? null : verdict
      set(id, {
        ...(state === null ? {} : { state }),
        ...(source === 'look' ? { checkedAt: at } : {}),
        lastError: { at, error: toPublicError(error) },
      })
    },
    unproven(id, thrown) {
      const at = now()
      const state = get(id).state
      // What a caller's own look or request showed still holds.
      if (state === 'ready' || state === 'slow' || state === 'limited') return set(id, { checkedAt: at })
      const lastError = { at, error: toPublicError(toEngineError(thrown)) }
      set(id, { state: 'unknown', checkedAt: at, lastError })
    },
    answered(id) {
      const state = board.get(id)?.state
      if (state === 'ready' || state === 'slow') return
      set(id, { state: 'ready', lastOkAt: now() })
    },
    began(id) {
      inFlight.set(id, (inFlight.get(id) ?? 0) + 1)
      tell(id)
    },
    ended(id) {
      inFlight.set(id, Math.max(0, (inFlight.get(id) ?? 0) - 1))
      tell(id)
    },
    planned(id, nextCheckAt) {
      set(id, { nextCheckAt })
    },
    forget(id) {
      board.delete(id)
      tell(id)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
