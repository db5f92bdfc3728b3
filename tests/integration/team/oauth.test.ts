import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import type { SignedIn, Team } from '../../../src/main/engine/spec/team.ts'
import type { OauthProvider } from '../../../src/shared/team.ts'
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.ts'
import { failure, ORIGIN, openTeam, PASSWORD, plant } from '../../unit/team/open-team.ts'

const REDIRECT = 'http://127.0.0.1:4747/oauth/lab/callback'

function settingsOf(provider: OpenIdProvider, more: Partial<OauthProvider> = {}): OauthProvider {
  return {
    id: 'lab',
    name: 'Lab ID',
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    scopes: 'openid email profile',
    enabled: true,
    ...more,
  }
}

/** A team whose clock can be put forward, and a provider that it knows. */
async function openWithProvider(configuration: object = {}) {
  const provider = await startOpenIdProvider(REDIRECT, configuration)
  let ahead = 0
  const opened = openTeam({ clock: { ...systemClock, now: () => Date.now() + ahead } })
  const { team } = opened
  team.saveOauthProvider(settingsOf(provider), OWNER)
  return {
    ...opened,
    provider,
    putForward(seconds: number) {
      ahead += seconds * 1000
    },
    signIn: (subject: string) => signIn(team, provider, subject),
  }
}

async function signIn(team: Team, provider: OpenIdProvider, subject: string, id = 'lab'): Promise<SignedIn> {
  const { url, cookie } = await team.startOauth(id, REDIRECT)
  return team.finishOauth(id, await provider.walk(url, subject), cookie, ORIGIN)
}

const ADA = {
  email: 'Ada@Example.com',
  email_verified: true,
  name: 'Ada Lovelace',
  picture: 'https://example.com/a.png',
}

describe('sign-in', () => {
  test('makes the account the first time and finds it again', async () => {
    const { team, provider, signIn } = await openWithProvider()
    provider.accounts.set('s-1', ADA)
    const first = await signIn('s-1')
    expect(first.person).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      role: 'admin',
      profileImageUrl: 'https://example.com/a.png',
      signsInWith: ['Lab ID'],
    })
    expect(team.authenticate(first.token)).toMatchObject({ ok: true, principal: { role: 'admin' } })
    // The subject counts, not what the provider says about it today.
    provider.accounts.set('s-1', { email: 'ada@new.example', email_verified: true })
    expect((await signIn('s-1')).person.id).toBe(first.person.id)
    expect(team.everyone()).toHaveLength(1)
    expect(await failure(() => team.signIn('ada@example.com', '', ORIGIN))).toMatchObject({ code: 'auth_failed' })
  })

  test('asks for PKCE, state and nonce', async () => {
    const { team } = await openWithProvider()
    const { url, cookie } = await team.startOauth('lab', REDIRECT)
    const asked = Object.fromEntries(new URL(url).searchParams)
    expect(asked).toMatchObject({
      client_id: 'switchyard',
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{40,}$/),
      nonce: expect.stringMatching(/^[\w-]{40,}$/),
    })
    for (const secret of [asked.state, asked.nonce, 'switchyard', 'verifier']) expect(cookie).not.toContain(secret)
    expect(Buffer.from(cookie.split('.')[0] ?? '', 'base64url').toString()).toBe('{"alg":"dir","enc":"A256GCM"}')
  })

  test('follows the rules of sign-up', async () => {
    const { team, provider, storage, signIn } = await openWithProvider()
    plant(storage, { name: 'admin', role: 'admin' })
    for (const name of ['bob', 'cem', 'dan']) {
      provider.accounts.set(name, { email: `${name}@example.com`, email_verified: true, name })
    }
    expect((await signIn('bob')).person.role).toBe('pending')
    team.setSettings({ signUp: 'open' }, OWNER)
    expect((await signIn('cem')).person.role).toBe('user')
    team.setSettings({ signUp: 'closed' }, OWNER)
    expect(await failure(() => signIn('dan'))).toMatchObject({ code: 'forbidden', param: 'signUp' })
    expect((await signIn('cem')).person.name).toBe('cem')
  })

  test('finds its configuration by the address of the document as well', async () => {
    const provider = await startOpenIdProvider(REDIRECT)
    provider.accounts.set('s-1', ADA)
    const { team } = openTeam({
      clock: systemClock,
      environment: {
        OAUTH_CLIENT_ID: provider.clientId,
        OAUTH_CLIENT_SECRET: provider.clientSecret,
        OPENID_PROVIDER_URL: `${provider.issuer}/.well-known/openid-configuration`,
        OAUTH_PROVIDER_NAME: 'Company',
      },
    })
    expect(team.oauthProviders()).toEqual([
      {
        id: 'oidc',
        name: 'Company',
        issuer: `${provider.issuer}/.well-known/openid-configuration`,
        clientId: 'switchyard',
        clientSecret: '••••ests',
        scopes: 'openid email profile',
        enabled: true,
      },
    ])
    expect((await signIn(team, provider, 's-1', 'oidc')).person.signsInWith).toEqual(['Company'])
    expect(await failure(() => team.saveOauthProvider(settingsOf(provider, { id: 'oidc' }), OWNER))).toMatchObject({
      code: 'conflict',
    })
    expect(await failure(() => team.removeOauthProvider('oidc', OWNER))).toMatchObject({ code: 'conflict' })
  })
})

describe('accounts with the same address', () => {
  test('are linked where both sides vouch for it', async () => {
    const { team, provider, signIn } = await openWithProvider()
    const added = await team.addPerson(
      { name: 'Ada', email: 'ada@example.com', password: PASSWORD, role: 'user' },
      OWNER,
    )
    provider.accounts.set('s-1', ADA)
    const { person } = await signIn('s-1')
    expect(person).toMatchObject({ id: added.id, name: 'Ada', role: 'user', signsInWith: ['password', 'Lab ID'] })
    expect((await team.signIn('ada@example.com', PASSWORD, ORIGIN)).person.id).toBe(added.id)
  })

  test.each([
    [{ email: 'ada@example.com' }, 'conflict'],
    [{ email: 'ada@example.com', email_verified: false }, 'forbidden'],
  ])('are not linked for %j', async (claims, code) => {
    const { team, provider, signIn } = await openWithProvider()
    await team.addPerson({ name: 'Ada', email: 'ada@example.com', password: PASSWORD, role: 'admin' }, OWNER)
    provider.accounts.set('mallory', claims)
    expect(await failure(() => signIn('mallory'))).toMatchObject({ code, param: 'email' })
    expect(team.everyone()).toMatchObject([{ signsInWith: ['password'] }])
  })

  test('whoever only claimed the address loses the account to who has it', async () => {
    const { team, provider, storage, signIn } = await openWithProvider()
    plant(storage, { name: 'admin', role: 'admin' })
    team.setSettings({ signUp: 'open' }, OWNER)
    const squatter = await team.signUp({ name: 'Not Ada', email: 'ada@example.com', password: PASSWORD }, ORIGIN)
    provider.accounts.set('s-1', ADA)
    const { person, token } = await signIn('s-1')
    expect(person.id).toBe(squatter.person.id)
    expect(team.authenticate(squatter.token)).toEqual({ ok: false, why: 'invalid' })
    expect(await failure(() => team.signIn('ada@example.com', PASSWORD, ORIGIN))).toMatchObject({ code: 'auth_failed' })
    expect(team.authenticate(token).ok).toBe(true)
  })

  test('without an address there is no account', async () => {
    const { team, provider, signIn } = await openWithProvider()
    provider.accounts.set('s-1', { name: 'Nobody' })
    expect(await failure(() => signIn('s-1'))).toMatchObject({ code: 'auth_failed', param: 'email' })
    expect(team.hasAccounts()).toBe(false)
  })
})

describe('what is refused', () => {
  test('another browser’s answer, a late one, one that was used, and one for another provider', async () => {
    const { team, provider, putForward } = await openWithProvider()
    team.saveOauthProvider(settingsOf(provider, { id: 'other' }), OWNER)
    provider.accounts.set('s-1', ADA)
    const mine = await team.startOauth('lab', REDIRECT)
    const theirs = await team.startOauth('lab', REDIRECT)
    const answer = await provider.walk(mine.url, 's-1')
    const refused = (id: string, url: string, cookie: string) =>
      failure(() => team.finishOauth(id, url, cookie, ORIGIN))
    expect(await refused('lab', answer, theirs.cookie)).toMatchObject({ code: 'auth_failed', param: 'oauth' })
    expect(await refused('other', answer, mine.cookie)).toMatchObject({ code: 'auth_failed', param: 'cookie' })
    for (const cookie of ['', 'nonsense', `${mine.cookie.slice(0, -4)}AAAA`]) {
      expect(await refused('lab', answer, cookie)).toMatchObject({ code: 'auth_failed', param: 'cookie' })
    }
    const bent = new URL(answer)
    bent.searchParams.set('state', 'another')
    expect(await refused('lab', bent.href, mine.cookie)).toMatchObject({ code: 'auth_failed' })
    expect(team.hasAccounts()).toBe(false)

    await team.finishOauth('lab', answer, mine.cookie, ORIGIN)
    expect(await refused('lab', answer, mine.cookie)).toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('invalid_grant'),
    })

    const slow = await team.startOauth('lab', REDIRECT)
    const late = await provider.walk(slow.url, 's-1')
    putForward(601)
    expect(await refused('lab', late, slow.cookie)).toMatchObject({ code: 'auth_failed', param: 'cookie' })
  })

  test('a cancelled sign-in says so', async () => {
    const { team, provider } = await openWithProvider()
    const { url, cookie } = await team.startOauth('lab', REDIRECT)
    const answer = await provider.cancel(url)
    const { code, message } = await failure(() => team.finishOauth('lab', answer, cookie, ORIGIN))
    expect(code).toBe('auth_failed')
    expect(message).toBe('The sign-in at Lab ID was cancelled or refused there.')
  })

  test('a wrong secret, a provider out of reach, one that is switched off', async () => {
    const { team, provider } = await openWithProvider()
    provider.accounts.set('s-1', ADA)
    team.saveOauthProvider(settingsOf(provider, { clientSecret: 'wrong secret' }), OWNER)
    const wrong = await failure(() => signIn(team, provider, 's-1'))
    expect(wrong).toMatchObject({ code: 'auth_failed', message: expect.stringContaining('invalid_client') })
    expect(wrong.message).not.toContain('wrong secret')
    team.saveOauthProvider(settingsOf(provider, { enabled: false, clientSecret: '••••' }), OWNER)
    expect(await failure(() => team.startOauth('lab', REDIRECT))).toMatchObject({ code: 'not_found' })
    team.saveOauthProvider(settingsOf(provider, { id: 'gone', issuer: provider.issuer }), OWNER)
    await provider.stop()
    expect(await failure(() => team.startOauth('gone', REDIRECT))).toMatchObject({ code: 'upstream_unavailable' })
  })

  test.each([
    'http://example.com',
    'ftp://127.0.0.1',
    'nothing',
    'https://a:b@example.com',
    'http://127.0.0.1.example.com',
  ])('the issuer %s', async (issuer) => {
    const { team } = openTeam()
    const input: OauthProvider = {
      id: 'x',
      name: 'X',
      issuer,
      clientId: 'c',
      clientSecret: '',
      scopes: 'openid',
      enabled: true,
    }
    expect(await failure(() => team.saveOauthProvider(input, OWNER))).toMatchObject({
      code: 'invalid_request',
      param: 'issuer',
    })
  })
})

test('the client secret is sealed, shown by its end, kept when it is sent back, and gone with the provider', async () => {
  const { team, provider, storage, vault } = await openWithProvider()
  expect(team.oauthProviders()).toMatchObject([{ clientSecret: '••••ests' }])
  expect([...vault.secrets.values()]).toEqual([provider.clientSecret])
  const [name] = vault.secrets.keys()
  team.saveOauthProvider(settingsOf(provider, { name: 'New name', clientSecret: '••••ests' }), OWNER)
  expect([...vault.secrets.keys()]).toEqual([name])
  const elsewhere = settingsOf(provider, { issuer: 'https://evil.example', clientSecret: '••••ests' })
  expect(await failure(() => team.saveOauthProvider(elsewhere, OWNER))).toMatchObject({ param: 'clientSecret' })
  team.saveOauthProvider(settingsOf(provider, { clientSecret: 'another secret' }), OWNER)
  await expect.poll(() => [...vault.secrets.values()]).toEqual(['another secret'])
  team.removeOauthProvider('lab', OWNER)
  expect(team.oauthProviders()).toEqual([])
  await expect.poll(() => vault.secrets.size).toBe(0)
  storage.close()
  expect(readFileSync(storage.file).toString('latin1')).not.toContain('another secret')
})

test('a secret that cannot be sealed is told, and still serves this run', async () => {
  const provider = await startOpenIdProvider(REDIRECT)
  const { team, vault, lines } = openTeam({ clock: systemClock })
  provider.accounts.set('s-1', ADA)
  const set = vault.set
  vault.set = () => Promise.reject(new Error('locked'))
  team.saveOauthProvider(settingsOf(provider), OWNER)
  await expect.poll(() => lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  vault.set = set
  expect((await signIn(team, provider, 's-1')).person.name).toBe('Ada Lovelace')
})

describe('the access token of a person', () => {
  test('is kept sealed, opened for them, and refreshed once when it expires', async () => {
    const { team, provider, storage, signIn, putForward } = await openWithProvider()
    provider.accounts.set('s-1', ADA)
    const { person } = await signIn('s-1')
    const token = (await team.oauthToken(person.id)) ?? ''
    expect(token).toMatch(/^[\w-]{20,}$/)
    expect(await team.oauthToken(person.id)).toBe(token)
    expect(await team.oauthToken('nobody')).toBeNull()
    expect(await team.oauthToken(plant(storage, { name: 'other' }))).toBeNull()
    expect(storage.oauth.linksOf(person.id)).toMatchObject([{ tokens: expect.stringMatching(/^eyJ/) }])
    expect(JSON.stringify(storage.oauth.linksOf(person.id))).not.toContain(token)

    putForward(571)
    const both = await Promise.all([team.oauthToken(person.id), team.oauthToken(person.id)])
    expect(both[0]).toBe(both[1])
    expect(both[0]).not.toBe(token)
    expect(provider.grants).toEqual(['authorization_code', 'refresh_token'])
    expect(await team.oauthToken(person.id)).toBe(both[0])
    expect(provider.grants).toHaveLength(2)
  })

  test('is gone when the provider ends it, and an error when the provider is only out of reach', async () => {
    const { team, provider, storage, signIn, putForward } = await openWithProvider()
    provider.accounts.set('s-1', ADA)
    provider.accounts.set('s-2', { email: 'bob@example.com', email_verified: true })
    const ada = (await signIn('s-1')).person.id
    const bob = (await signIn('s-2')).person.id
    putForward(600)
    provider.accounts.delete('s-1')
    expect(await team.oauthToken(ada)).toBeNull()
    expect(storage.oauth.linksOf(ada)).toMatchObject([{ tokens: null }])
    await provider.stop()
    expect(await failure(() => team.oauthToken(bob))).toMatchObject({ code: 'upstream_unavailable' })
    expect(storage.oauth.linksOf(bob)[0]?.tokens).not.toBeNull()
  })

  test('cannot be put under another account', async () => {
    const { team, provider, storage, signIn } = await openWithProvider()
    provider.accounts.set('s-1', ADA)
    const { person } = await signIn('s-1')
    const [link] = storage.oauth.linksOf(person.id)
    if (link === undefined) throw new Error('no link')
    const other = plant(storage, { name: 'mallory' })
    storage.oauth.saveLink({ ...link, subject: 's-mallory', personId: other })
    expect(await team.oauthToken(other)).toBeNull()
  })
})
