import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { onTestFinished, vi } from 'vitest'

export interface OpenIdProvider {
  issuer: string
  clientId: string
  clientSecret: string
  /** Claims by subject; who is not in it does not exist there. */
  accounts: Map<string, Record<string, unknown>>
  /** How many times tokens were given, by grant type. */
  grants: string[]
  /** Signs in and consents as a browser would; returns where it is sent in the end. */
  walk(url: string, subject: string): Promise<string>
  /** Follows to the sign-in page and cancels there. */
  cancel(url: string): Promise<string>
  stop(): Promise<void>
}

/** A real OpenID provider on a free port of this machine. */
export async function startOpenIdProvider(redirectUrl: string, configuration: object = {}): Promise<OpenIdProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clientId = 'switchyard'
  const clientSecret = 'a client secret of the tests'
  const accounts = new Map<string, Record<string, unknown>>()
  const grants: string[] = []
  // It warns of keys and pages that are for development only, which these are.
  const quiet = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture', 'preferred_username'] },
    pkce: { required: () => true },
    issueRefreshToken: () => Promise.resolve(true),
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 600,
    },
    findAccount: (_context: unknown, subject: string) => {
      const claims = accounts.get(subject)
      return claims && { accountId: subject, claims: () => ({ sub: subject, ...claims }) }
    },
    ...configuration,
  })
  quiet.mockRestore()
  provider.on('grant.success', (context: { oidc: { params: { grant_type: string } } }) =>
    grants.push(context.oidc.params.grant_type),
  )
  server.on('request', provider.callback())
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(() => (server.listening ? stop() : undefined))

  function browser(): (url: string, form?: Record<string, string>) => Promise<Response> {
    const jar = new Map<string, string>()
    return async (url, form) => {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return response
    }
  }

  /** Follows redirects within the provider; the first page that is none, or the address outside. */
  async function follow(
    visit: ReturnType<typeof browser>,
    first: Response,
  ): Promise<{ url: string; page: string | null }> {
    let response = first
    for (;;) {
      const location = response.headers.get('location')
      if (location === null) {
        const page = await response.text()
        if (!response.ok) throw new Error(`The provider answered ${response.status}: ${page.slice(0, 500)}`)
        return { url: response.url, page }
      }
      const next = new URL(location, issuer)
      if (next.origin !== issuer) return { url: next.href, page: null }
      response = await visit(next.href)
    }
  }

  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    grants,
    stop,
    async walk(url, subject) {
      const visit = browser()
      let at = await follow(visit, await visit(url))
      while (at.page !== null) {
        const prompt = at.page.includes('value="consent"') ? 'consent' : 'login'
        at = await follow(visit, await visit(at.url, { prompt, login: subject, password: 'any' }))
      }
      return at.url
    },
    async cancel(url) {
      const visit = browser()
      const { url: page } = await follow(visit, await visit(url))
      return (await follow(visit, await visit(`${page}/abort`))).url
    },
  }
}
