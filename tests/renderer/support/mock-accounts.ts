import { onTestFinished, vi } from 'vitest'
import type { SessionState } from '#shared/team.ts'
import { setSessionSource, useSessionStore } from '../../../src/renderer/bridge/session.ts'
import type { MockEngine } from './mock-engine.ts'
import { mira, sessionOf } from './team-samples.ts'

export interface Asked {
  path: string
  body: unknown
}

/** The account routes of a server in memory, behind the window's own fetch. */
export interface MockAccounts {
  asked: Asked[]
  /** How often the window started over for another person. */
  startedOver: number
  /** The next call is refused with this; null: calls go through. */
  refusal: { status: number; detail: string; retryAfter?: number } | null
  /** Whom a sign-in or sign-up lets in. */
  comesIn: SessionState
}

/**
 * Lets a window ask this server who it is, over fetch, as in a browser. Call it after `renderApp`, which had the window
 * know already.
 */
export function serveAccounts(engine: MockEngine, patch: Partial<MockAccounts> = {}): MockAccounts {
  const server: MockAccounts = {
    asked: [],
    startedOver: 0,
    refusal: null,
    comesIn: sessionOf(mira()),
    ...patch,
  }
  const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const path = input.replace('/api/v1/auths/', '')
    server.asked.push({ path, body: init.body === undefined ? null : JSON.parse(String(init.body)) })
    if (server.refusal !== null) {
      const { status, detail, retryAfter } = server.refusal
      return reply(status, { detail }, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
    }
    if (path === 'signin' || path === 'signup') engine.state.session = server.comesIn
    if (path === 'signout') engine.state.session = sessionOf(null)
    return reply(200, {})
  })
  setSessionSource({
    ask: async () => engine.state.session,
    startOver: () => {
      server.startedOver += 1
    },
  })
  onTestFinished(() => {
    vi.unstubAllGlobals()
    useSessionStore.setState(useSessionStore.getInitialState(), true)
  })
  return server
}
