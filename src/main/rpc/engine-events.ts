import type { UiEvent } from '#shared/app-info.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { isEngineError } from '../engine/spec/engine-error.ts'
import type { EngineEvent } from '../engine/spec/engine-event.ts'
import { isAdmin, isMember, type Principal } from '../engine/spec/principal.ts'
import { visibleStatus } from './member-views.ts'

/** Conversations named one by one to a reader that is behind; beyond it learns only that chats changed. */
const MAX_CONVERSATIONS = 100
/** What only administrators have views of. */
const FOR_ADMINISTRATORS: ReadonlySet<EngineEvent['type']> = new Set([
  'connections:changed',
  'jobs:changed',
  'sharing:changed',
])

/**
 * The engine's events for one window: the status first, then what changes, until the signal aborts. They say what is
 * stale, so those that wait are merged: a slow reader costs a bounded amount and misses nothing. What concerns only other
 * people is left out, and the events end once the person may not use the app any more.
 */
export async function* engineEvents(
  engine: Pick<Engine, 'status' | 'onEvent' | 'access' | 'team'>,
  caller: Principal,
  signal: AbortSignal,
): AsyncGenerator<UiEvent, void, undefined> {
  const waiting = new Map<string, UiEvent>()
  let principal = caller
  let wake: () => void = () => {}
  const forget = engine.onEvent((event) => {
    const visible = visibleEvent(event, principal, engine)
    if (visible === null) return
    remember(waiting, visible)
    wake()
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    yield { type: 'status:changed', status: visibleStatus(engine.status(), principal, engine) }
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
      if (next[1].type !== 'team:changed' || principal.kind !== 'person') continue
      const now = stillThere(engine, principal)
      if (now === null) return
      principal = now
    }
  } finally {
    forget()
    signal.removeEventListener('abort', onAbort)
  }
}

/** The person as they are now, with what they came with; null if they may not use the app any more. */
function stillThere({ team }: Pick<Engine, 'team'>, { id, key, sessionId }: Principal): Principal | null {
  try {
    const now = { ...team.principalOf(id), key, sessionId }
    if (sessionId !== null && !team.sessions(id, null).some((session) => session.id === sessionId)) return null
    if (key !== null && !team.keys(id).some((known) => known.id === key.id)) return null
    return isMember(now) ? now : null
  } catch (error) {
    if (isEngineError(error) && error.code === 'not_found') return null
    throw error
  }
}

function visibleEvent(event: EngineEvent, principal: Principal, engine: Pick<Engine, 'access'>): UiEvent | null {
  if (event.type === 'chats:changed') {
    const { ownerId, ...told } = event
    return ownerId === principal.id ? told : null
  }
  if (FOR_ADMINISTRATORS.has(event.type) && !isAdmin(principal)) return null
  if (event.type === 'status:changed') return { ...event, status: visibleStatus(event.status, principal, engine) }
  return event
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
