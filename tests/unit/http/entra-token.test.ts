import { expect, it } from 'vitest'
import { createEntraToken } from '../../../src/main/engine/http/entra-token.ts'
import { createManualClock } from '../../support/manual-clock.ts'

it('asks once for many callers, keeps the token until shortly before its end, then asks again', async () => {
  const clock = createManualClock()
  const scopes: string[] = []
  const token = createEntraToken(clock, async () => ({
    async getToken(scope) {
      scopes.push(scope)
      return { token: `token-${scopes.length}`, expiresOnTimestamp: clock.now() + 3_600_000 }
    },
  }))
  expect(await Promise.all([token(), token(), token()])).toEqual(['token-1', 'token-1', 'token-1'])
  clock.advance(3_600_000 - 300_001)
  expect(await token()).toBe('token-1')
  clock.advance(1)
  expect(await token()).toBe('token-2')
  expect(scopes).toEqual(Array.from({ length: 2 }, () => 'https://cognitiveservices.azure.com/.default'))
})

it('a failure says what to do, and the next call tries again', async () => {
  let isSignedIn = false
  const token = createEntraToken(createManualClock(), async () => ({
    async getToken() {
      if (!isSignedIn) throw new Error('CredentialUnavailableError: az login')
      return { token: 'token', expiresOnTimestamp: Date.now() * 2 }
    },
  }))
  await expect(token()).rejects.toMatchObject({
    code: 'auth_failed',
    message: expect.stringContaining('az login'),
    detail: expect.stringContaining('CredentialUnavailableError'),
  })
  isSignedIn = true
  expect(await token()).toBe('token')
})

it('no token at all is a failure', async () => {
  const token = createEntraToken(createManualClock(), async () => ({ getToken: async () => null }))
  await expect(token()).rejects.toMatchObject({ code: 'auth_failed' })
})

it('the real credential is there to be loaded', async () => {
  const { DefaultAzureCredential } = await import('@azure/identity')
  expect(new DefaultAzureCredential().getToken).toBeTypeOf('function')
})
