import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { failure, ORIGIN, openTeam, PASSWORD, plant } from './open-team.ts'

const ada = { name: 'Ada', email: 'Ada@Example.com ', password: PASSWORD }
const bob = { name: 'Bob', email: 'bob@example.com', password: PASSWORD }

describe('signing up', () => {
  test('the first becomes administrator, later ones wait', async () => {
    const { team, events } = openTeam()
    expect(team.hasAccounts()).toBe(false)
    const first = await team.signUp(ada, ORIGIN)
    expect(first.person).toMatchObject({
      name: 'Ada',
      email: 'ada@example.com',
      role: 'admin',
      signsInWith: ['password'],
    })
    expect(team.hasAccounts()).toBe(true)
    expect(events).toEqual([{ type: 'team:changed' }])
    expect((await team.signUp(bob, ORIGIN)).person.role).toBe('pending')
    expect(team.authenticate(first.token)).toMatchObject({ ok: true, principal: { kind: 'person', role: 'admin' } })
  })

  test('whoever comes first over the network does not become administrator', async () => {
    const { team } = openTeam()
    for (const address of ['10.0.0.7', '::ffff:192.168.1.4', 'fe80::1']) {
      expect(await failure(() => team.signUp(ada, { ...ORIGIN, address }))).toMatchObject({
        code: 'forbidden',
        param: 'firstAccount',
      })
    }
    expect(team.hasAccounts()).toBe(false)
    const { secret } = team.createInvite({ role: 'user' }, OWNER)
    const guest = await team.signUp(bob, { ...ORIGIN, address: '10.0.0.7' }, secret)
    expect(guest.person.role).toBe('user')
    // The one at this computer is not the first any more, so approval by its owner is what makes an administrator.
    expect((await team.signUp(ada, { ...ORIGIN, address: '::1' })).person.role).toBe('pending')
  })

  test('of many at the same moment one becomes administrator', async () => {
    const { team } = openTeam()
    const all = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        team.signUp({ name, email: `${name}@example.com`, password: PASSWORD }, ORIGIN),
      ),
    )
    expect(all.map(({ person }) => person.role).sort()).toEqual(['admin', 'pending', 'pending', 'pending'])
  })

  test('the same address at the same moment gives one account', async () => {
    const { team } = openTeam()
    const tries = await Promise.allSettled([
      team.signUp(ada, ORIGIN),
      team.signUp({ ...ada, email: 'ADA@example.com' }, ORIGIN),
    ])
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(team.everyone()).toHaveLength(1)
    expect(await failure(() => team.signUp(ada, ORIGIN))).toMatchObject({ code: 'conflict', param: 'email' })
  })

  test('follows the settings, also the role that is asked for does not', async () => {
    const { team } = openTeam()
    await team.signUp(ada, ORIGIN)
    team.setSettings({ signUp: 'open', defaultRole: 'user' }, OWNER)
    expect((await team.signUp({ ...bob, role: 'admin' }, ORIGIN)).person.role).toBe('user')
    team.setSettings({ signUp: 'closed' }, OWNER)
    const refused = await failure(() => team.signUp({ ...bob, email: 'c@example.com' }, ORIGIN))
    expect(refused).toMatchObject({ code: 'forbidden', param: 'signUp' })
    // Whether the address is known is not told where nobody may sign up.
    expect(await failure(() => team.signUp(bob, ORIGIN))).toEqual(refused)
  })

  test.each([
    [{ email: 'nobody' }, 'email'],
    [{ email: 'a@b' }, 'email'],
    [{ email: 'a b@example.com' }, 'email'],
    [{ name: '  ' }, 'name'],
    [{ password: 'short12' }, 'password'],
    [{ password: 'ü'.repeat(37) }, 'password'],
    [{ profileImageUrl: 'javascript:alert(1)' }, 'profileImageUrl'],
    [{ profileImageUrl: '//evil.example/x.png' }, 'profileImageUrl'],
  ])('refuses %j and names the field', async (wrong, param) => {
    const { team } = openTeam()
    expect(await failure(() => team.signUp({ ...ada, ...wrong }, ORIGIN))).toMatchObject({
      code: 'invalid_request',
      param,
    })
    expect(team.hasAccounts()).toBe(false)
  })
})

describe('signing in', () => {
  test('by address and password, in any letter case of the address', async () => {
    const { team, clock } = openTeam()
    const { person } = await team.signUp(ada, ORIGIN)
    clock.advance(10_000)
    const again = await team.signIn(' ADA@example.COM', PASSWORD, { ...ORIGIN, userAgent: 'x'.repeat(999) })
    expect(again.person.id).toBe(person.id)
    expect(again.token).toMatch(/^swy_[\w-]{43}$/)
    expect(again.expiresAt).toBe(clock.now() / 1000 + 28 * 86_400)
    expect(team.sessions(person.id, null).map(({ userAgent }) => userAgent.length)).toEqual([300, 12])
  })

  test('unknown address, wrong password and an account without one: the same words, and the same work', async () => {
    const { team, storage } = openTeam()
    await team.signUp(ada, ORIGIN)
    plant(storage, { name: 'elsewhere' })
    const tries = [
      ['ada@example.com', 'wrong password'],
      ['nobody@example.com', PASSWORD],
      ['elsewhere@example.com', ''],
      ['ada@example.com', 'x'.repeat(100_000)],
    ] as const
    // The shortest of five each: what the machine does besides only ever adds.
    const times = tries.map(() => Number.POSITIVE_INFINITY)
    const failures: unknown[] = []
    for (let round = 0; round < 5; round += 1) {
      for (const [index, [email, password]] of tries.entries()) {
        const started = performance.now()
        failures.push(await failure(() => team.signIn(email, password, ORIGIN)))
        times[index] = Math.min(times[index] ?? 0, performance.now() - started)
      }
    }
    expect(new Set(failures.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(failures[0]).toMatchObject({ code: 'auth_failed', param: 'password' })
    // A hash takes many milliseconds and a missing row microseconds, so a left-out comparison would show by far.
    expect(Math.min(...times)).toBeGreaterThan(Math.max(...times) / 10)
    expect(Math.min(...times)).toBeGreaterThan(3)
  })

  test('is slowed per address of the account, counting failures alone', async () => {
    const { team } = openTeam()
    await team.signUp(ada, ORIGIN)
    for (let round = 0; round < 20; round += 1) await team.signIn('ada@example.com', PASSWORD, ORIGIN)
    const tries = await Promise.all(
      Array.from({ length: 17 }, () => failure(() => team.signIn('ada@example.com', 'wrong', ORIGIN))),
    )
    expect(tries.filter(({ code }) => code === 'auth_failed')).toHaveLength(15)
    expect(tries.filter(({ code }) => code === 'rate_limited')).toHaveLength(2)
    // Also the right password waits now, from anywhere; another account does not.
    const elsewhere = { ...ORIGIN, address: '10.0.0.8' }
    expect(await failure(() => team.signIn('Ada@example.com', PASSWORD, elsewhere))).toMatchObject({
      code: 'rate_limited',
    })
    await expect(team.signIn('ada@example.com', PASSWORD, ORIGIN)).rejects.toMatchObject({
      status: 429,
      upstream: { retryAfter: expect.stringMatching(/^1[78]\d$/) },
    })
    expect((await team.signUp(bob, ORIGIN)).person.name).toBe('Bob')
  })

  test('is free again when the time is over', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    try {
      const { team } = openTeam()
      await team.signUp(ada, ORIGIN)
      for (let round = 0; round < 15; round += 1) await failure(() => team.signIn(ada.email, 'wrong', ORIGIN))
      expect(await failure(() => team.signIn(ada.email, PASSWORD, ORIGIN))).toMatchObject({ code: 'rate_limited' })
      vi.advanceTimersByTime(180_001)
      expect((await team.signIn(ada.email, PASSWORD, ORIGIN)).person.name).toBe('Ada')
    } finally {
      vi.useRealTimers()
    }
  })

  test('is slowed per network address, whatever account is tried', async () => {
    const { team, storage } = openTeam()
    plant(storage, { name: 'ada' })
    const tries = await Promise.all(
      Array.from({ length: 61 }, (_, at) => failure(() => team.signIn(`${at}@example.com`, PASSWORD, ORIGIN))),
    )
    expect(tries.filter(({ code }) => code === 'rate_limited')).toHaveLength(1)
  })
})

test('no token, key, invitation or password is in the database as it is', async () => {
  const { team, storage, folder } = openTeam()
  const { token, person } = await team.signUp(ada, ORIGIN)
  const { secret: key } = team.createKey(person.id, { name: 'script' }, team.principalOf(person.id))
  const { secret: invite } = team.createInvite({}, OWNER)
  storage.close()
  const bytes = readFileSync(storage.file).toString('latin1')
  expect(folder).not.toBe('')
  for (const secret of [token, key, invite, PASSWORD]) expect(bytes).not.toContain(secret)
  expect(bytes).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
})

describe('changing a password', () => {
  test('asks for the current one and ends the other sessions', async () => {
    const { team } = openTeam()
    const here = await team.signUp(ada, ORIGIN)
    const there = await team.signIn(ada.email, PASSWORD, ORIGIN)
    const { id } = here.person
    const authenticated = team.authenticate(here.token)
    const session = authenticated.ok ? authenticated.principal.sessionId : null
    expect(await failure(() => team.changePassword(id, 'wrong', 'new password', session))).toMatchObject({
      code: 'auth_failed',
      param: 'current',
    })
    expect(await failure(() => team.changePassword(id, PASSWORD, 'short', session))).toMatchObject({ param: 'next' })
    expect(team.authenticate(there.token).ok).toBe(true)
    await team.changePassword(id, PASSWORD, 'new password', session)
    expect(team.authenticate(here.token).ok).toBe(true)
    expect(team.authenticate(there.token)).toEqual({ ok: false, why: 'invalid' })
    expect(await failure(() => team.signIn(ada.email, PASSWORD, ORIGIN))).toMatchObject({ code: 'auth_failed' })
    expect((await team.signIn(ada.email, 'new password', ORIGIN)).person.id).toBe(id)
  })

  test('is slowed as well, and needs a password to change', async () => {
    const { team, storage } = openTeam()
    const { person } = await team.signUp(ada, ORIGIN)
    const tries = await Promise.all(
      Array.from({ length: 16 }, () => failure(() => team.changePassword(person.id, 'wrong', 'new password', null))),
    )
    expect(tries.filter(({ code }) => code === 'rate_limited')).toHaveLength(1)
    const other = plant(storage, { name: 'elsewhere' })
    expect(await failure(() => team.changePassword(other, '', 'new password', null))).toMatchObject({
      code: 'forbidden',
    })
  })
})

test('sign-out ends one session, sign-out everywhere all of a person', async () => {
  const { team } = openTeam()
  const one = await team.signUp(ada, ORIGIN)
  const two = await team.signIn(ada.email, PASSWORD, ORIGIN)
  const three = await team.signIn(ada.email, PASSWORD, ORIGIN)
  const other = await team.signUp(bob, ORIGIN)
  const ids = team.sessions(one.person.id, null)
  expect(ids).toHaveLength(3)
  const principal = team.authenticate(two.token)
  team.signOut((principal.ok && principal.principal.sessionId) || '')
  expect([one, two, three].map(({ token }) => team.authenticate(token).ok)).toEqual([true, false, true])
  expect(team.signOutEverywhere(one.person.id)).toBe(2)
  expect([one, three, other].map(({ token }) => team.authenticate(token).ok)).toEqual([false, false, true])
})
