import type { UiEvent } from '#shared/app-info.ts'

/** How far the window is from the engine. `since` is the epoch ms of the (first) loss, or of being connected. */
export type ConnectionState =
  | { state: 'connecting'; since: number }
  | { state: 'connected'; since: number }
  | { state: 'reconnecting'; since: number; attempt: number }

export interface FollowOptions {
  /** Opens the engine's event stream; it yields the current status first. */
  open(signal: AbortSignal): Promise<AsyncIterable<UiEvent>>
  /** Called before each new attempt, to drop a dead connection. */
  reset(): void
  onEvent(event: UiEvent): void
  onState(state: ConnectionState): void
  /** Waits until `ms` passed, `wake` was called or the signal aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  now(): number
}

/** Delay before attempt n (1-based): 0.5 s doubling to 8 s. */
export function backoffMs(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), 8000)
}

/**
 * Follows the engine's events for as long as the signal lives, reconnecting when the stream ends or fails.
 * Resolves when the signal aborts; never rejects.
 */
export async function followEvents(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let connected = false
  let attempt = 0
  let lostAt = options.now()
  options.onState({ state: 'connecting', since: lostAt })
  while (!signal.aborted) {
    try {
      for await (const event of await options.open(signal)) {
        if (signal.aborted) return
        if (!connected) {
          connected = true
          attempt = 0
          options.onState({ state: 'connected', since: options.now() })
        }
        options.onEvent(event)
      }
    } catch (error) {
      // Expected while the engine is away; the state below is what the person sees.
      console.info('The event stream broke', error instanceof Error ? error.message : error)
    }
    if (signal.aborted) return
    if (connected) lostAt = options.now()
    connected = false
    attempt += 1
    options.onState({ state: 'reconnecting', since: lostAt, attempt })
    await options.wait(backoffMs(attempt), signal)
    options.reset()
  }
}
