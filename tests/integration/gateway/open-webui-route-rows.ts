import { describe, expect, test } from 'vitest'
import { CALLERS, type CallerName, jsonOf, type TeamBench } from './open-webui-team-bench.ts'

const PROHIBITED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'

/** What a caller is answered: the status, and what the body is like (toEqual, asymmetric matchers included). */
export type Expected = readonly [status: number, body?: unknown]

export interface Call {
  /** What takes the place of the route's path: ids filled in, a query. Default: the route's own. */
  path?: string
  body?: unknown
  /** Instead of the caller's own session. */
  token?: string
}

/** One route with who may call it, and what those who may are answered. */
export interface RouteRow {
  route: string
  level: 'public' | 'signed-in' | 'member' | 'admin'
  /** Prepares the call for one caller, anew for each: what it changes may be gone afterwards. */
  call?: (bench: TeamBench, caller: CallerName) => Call | Promise<Call>
  /** By caller; `*` is everybody else who may call it. */
  expected: Partial<Record<CallerName | '*', Expected | ((bench: TeamBench) => Expected)>>
}

const MAY_CALL: Record<RouteRow['level'], readonly CallerName[]> = {
  public: CALLERS,
  'signed-in': ['owner', 'admin', 'maker', 'member', 'pending'],
  member: ['owner', 'admin', 'maker', 'member'],
  admin: ['owner', 'admin'],
}

/** Tests every row for every caller, and that no route is left out. */
export function describeRoutes(title: string, routes: object, rows: RouteRow[], bench: () => TeamBench): void {
  describe(title, () => {
    test('every route is named, once', () => {
      expect(rows.map(({ route }) => route).sort()).toEqual(Object.keys(routes).sort())
    })

    for (const { route, level, call, expected } of rows) {
      for (const caller of CALLERS) {
        const mayCall = MAY_CALL[level].includes(caller)
        test(`${route} · ${caller} ${mayCall ? 'is answered' : 'is refused'}`, async () => {
          const here = bench()
          const [method = '', pattern = ''] = route.split(' ')
          const { path = pattern, body, token } = (await call?.(here, caller)) ?? {}
          expect(path).not.toContain('{')
          const answer = await here.as(caller, `${method} ${path}`, body, token === undefined ? {} : bearer(token))
          if (!mayCall) {
            const words = caller === 'anonymous' ? 'Not authenticated' : PROHIBITED
            expect([answer.status, answer.body.includes(words)], answer.body).toEqual([401, true])
            return
          }
          const wanted = expected[caller] ?? expected['*']
          if (wanted === undefined) throw new Error(`nothing is expected of ${route} for ${caller}`)
          const [status, shape] = typeof wanted === 'function' ? wanted(here) : wanted
          expect(answer.status, answer.body).toBe(status)
          if (shape !== undefined) expect(jsonOf(answer)).toEqual(shape)
          expect(answer.headers['x-process-time']).toMatch(/^\d+\.\d{6}$/)
        })
      }
    }
  })
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

export function detail(text: unknown): { detail: unknown } {
  return { detail: text }
}
