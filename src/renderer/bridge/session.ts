import { create } from 'zustand'
import { type SessionState, sessionStateSchema } from '#shared/team.ts'
import { client, onRefused } from './client.ts'
import { desktop } from './desktop.ts'

export type Me = NonNullable<SessionState['me']>

interface KnownSession {
  /** Null until it was asked for the first time. */
  session: SessionState | null
  /** Whose app is shown, or kept below the sign-in page since their session ended. */
  member: Me | null
  /** Why it could not be asked, while that is so. */
  error: unknown
}

/** Who uses this window, as the server last said. */
export const useSessionStore = create<KnownSession>(() => ({ session: null, member: null, error: null }))

export interface SessionSource {
  ask(): Promise<SessionState>
  /** Forgets everything that the window holds, because another person takes it over. */
  startOver(): void
}

let source: SessionSource = {
  ask: desktop() === null ? fetchSession : () => client.team.session(),
  startOver: () => globalThis.location.reload(),
}

/** Asks elsewhere from now on (tests, the gallery). */
export function setSessionSource(next: SessionSource): void {
  source = next
}

let asking: Promise<void> | null = null

/** Asks who this is. Calls at the same time share one question. Never rejects: a failure is kept in the store. */
export function askSession(): Promise<void> {
  asking ??= ask().finally(() => {
    asking = null
  })
  return asking
}

async function ask(): Promise<void> {
  try {
    rememberSession(await source.ask())
  } catch (error) {
    useSessionStore.setState({ error })
  }
}

/** Takes over what the server said. */
export function rememberSession(session: SessionState): void {
  useSessionStore.setState(({ member }) => ({
    session,
    member: isMember(session.me) ? session.me : member,
    error: null,
  }))
}

/** Asks afresh after signing in, up or out, also where an older question is still open. */
export async function sessionChanged(): Promise<void> {
  await asking
  await askSession()
}

/** Shows the window anew to whoever has it now. */
export function startOver(): void {
  source.startOver()
}

// A refusal may mean that the session ended or that an administrator changed what this person may do.
onRefused(() => void askSession())

/** Whether this person may use the app: signed in, and let in. */
export function isMember(me: Me | null): me is Me {
  return me !== null && me.role !== 'pending'
}

/** Whose app this is, or null for a visitor. It stays while a session that ended may still be taken up again. */
export function useMe(): Me | null {
  return useSessionStore((store) => store.member)
}

/** Whether that person is signed in at this moment. */
export function useIsPresent(): boolean {
  return useSessionStore((store) => isMember(store.session?.me ?? null))
}

/** Whether this person administers Switchyard: the owner at this computer, or an account with that role. */
export function useIsAdmin(): boolean {
  const me = useMe()
  return me !== null && (me.isOwner || me.role === 'admin')
}

/** Resolves once a member uses this window, or when the signal aborts. */
export function whenMember(signal: AbortSignal): Promise<void> {
  const entered = (): boolean => isMember(useSessionStore.getState().session?.me ?? null)
  if (entered() || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      unsubscribe()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const unsubscribe = useSessionStore.subscribe(() => {
      if (entered()) done()
    })
    signal.addEventListener('abort', done)
  })
}

async function fetchSession(): Promise<SessionState> {
  const response = await fetch('/ui/session', { headers: { accept: 'application/json' }, cache: 'no-store' })
  if (!response.ok) throw new Error(`The server answered with status ${response.status}`)
  return sessionStateSchema.parse(await response.json())
}
