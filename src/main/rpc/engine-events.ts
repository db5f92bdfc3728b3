import type { UiEvent } from '#shared/app-info.ts'
import type { Engine } from '../engine/spec/engine.ts'

/** Conversations named one by one to a reader that is behind; beyond it learns only that chats changed. */
const MAX_CONVERSATIONS = 100

/**
 * The engine's events for one window: the status first, then what changes, until the signal aborts.
 * They say what is stale, so those that wait are merged: a slow reader costs a bounded amount and misses nothing.
 */
export async function* engineEvents(
  engine: Pick<Engine, 'status' | 'onEvent'>,
  signal: AbortSignal,
): AsyncGenerator<UiEvent, void, undefined> {
  const waiting = new Map<string, UiEvent>()
  let wake: () => void = () => {}
  const forget = engine.onEvent((event) => {
    remember(waiting, event)
    wake()
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    yield { type: 'status:changed', status: engine.status() }
    while (!signal.aborted) {
      const [next] = waiting
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      waiting.delete(next[0])
      yield next[1]
    }
  } finally {
    forget()
    signal.removeEventListener('abort', onAbort)
  }
}

function remember(waiting: Map<string, UiEvent>, event: UiEvent): void {
  if (event.type !== 'chats:changed') {
    waiting.set(event.type, event)
    return
  }
  if (waiting.size < MAX_CONVERSATIONS) {
    waiting.set(`${event.type} ${event.conversationId ?? ''}`, event)
    return
  }
  for (const [key, { type }] of waiting) if (type === 'chats:changed') waiting.delete(key)
  waiting.set('chats:changed ', { type: 'chats:changed', conversationId: null })
}
