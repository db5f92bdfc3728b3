import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fixture, startBadUpstream } from '../../support/bad-upstream.ts'
import { CANARY_KEY, failureOf, get, testUpstream } from '../../support/test-upstream.ts'

const fingerprintOf = (name: string): string => new X509Certificate(fixture(`${name}.crt`)).fingerprint256

test('nobody listens there', async () => {
  const failure = await failureOf(testUpstream('http://127.0.0.1:1').json(get('/')))
  expect(failure).toMatchObject({
    code: 'upstream_unavailable',
    retryable: true,
    message: 'Workstation (127.0.0.1:1) refused the connection. Check that the server runs and its port.',
    detail: 'connect ECONNREFUSED 127.0.0.1:1',
    upstream: { provider: 'openai' },
  })
  // Both families of localhost refuse; the reason is told once.
  const both = await failureOf(testUpstream('http://localhost:1').json(get('/')))
  expect(both).toMatchObject({ code: 'upstream_unavailable', detail: expect.stringContaining('ECONNREFUSED') })
})

test('a name that does not exist', async () => {
  const failure = await failureOf(testUpstream('http://no-such-host.invalid:11434').json(get('/')))
  expect(failure).toMatchObject({ code: 'upstream_unavailable', detail: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) })
  expect(failure.message).toMatch(/no-such-host\.invalid/)
})

test.each(['192.168.1.100:11434', 'workstation', 'ftp://host/', 'http://'])(
  'the address %s fails at the request, not before',
  async (address) => {
    const upstream = testUpstream(address)
    expect(await failureOf(upstream.json(get('/')))).toMatchObject({
      code: 'invalid_request',
      message: `The address "${address}" does not begin with http:// or https://.`,
    })
  },
)

test('TLS where the server speaks plain HTTP: the message says what to type', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await failureOf(testUpstream(`https://127.0.0.1:${port}`).json(get('/')))).toMatchObject({
    code: 'upstream_unavailable',
    message: `Workstation (127.0.0.1:${port}) does not speak TLS at this port. Type http://127.0.0.1:${port}.`,
  })
})

describe('TLS', () => {
  // The test authority is trusted like a public one in this file, so that what else may be wrong shows.
  const before = getCACertificates('default')
  beforeAll(() => setDefaultCACertificates([...before, fixture('authority.crt')]))
  afterAll(() => setDefaultCACertificates(before))

  test('a certificate that an authority signed for this host is accepted', async () => {
    const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate: 'signed' })
    await testUpstream(server.url).json(get('/'))
    await testUpstream(server.url.replace('127.0.0.1', 'localhost')).json(get('/'))
  })

  test.each([
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'a certificate of its own'],
    ['expired', 'CERT_HAS_EXPIRED', 'a certificate that has expired'],
    ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID', 'a certificate for another name than 127.0.0.1'],
  ])('%s: refused before anything is sent, and the message says how to pin it', async (certificate, code, words) => {
    const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate })
    const failure = await failureOf(testUpstream(server.url).json(get('/')))
    expect(failure).toMatchObject({ code: 'upstream_unavailable', detail: expect.stringContaining(code) })
    expect(failure.message).toContain(words)
    expect(failure.message).toContain("enter the certificate's fingerprint in the connection")
    expect(server.requests).toHaveLength(0)
  })

  test.each(['self-signed', 'expired', 'wrong-host', 'signed'])(
    '%s: its own pinned fingerprint is enough',
    async (certificate) => {
      const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate })
      for (const fingerprint of [
        fingerprintOf(certificate),
        fingerprintOf(certificate).replaceAll(':', '').toLowerCase(),
        `SHA256:${fingerprintOf(certificate)}`,
      ]) {
        await testUpstream(server.url, { fingerprint }).json(get('/'))
      }
    },
  )

  test.each(['self-signed', 'signed'])(
    '%s: another pinned fingerprint refuses it, on every connection, and nothing is sent',
    async (certificate) => {
      const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate })
      const upstream = testUpstream(server.url, { fingerprint: fingerprintOf('self-signed-renewed') })
      for (let turn = 0; turn < 3; turn += 1) {
        const failure = await failureOf(upstream.json(get('/')))
        expect(failure).toMatchObject({
          code: 'upstream_unavailable',
          retryable: false,
          message: expect.stringContaining('another certificate than the one that is pinned'),
        })
      }
      expect(server.requests).toHaveLength(0)
      expect(server.connections()).toBe(3)
    },
  )

  test('a pin holds after a first good connection: no session is resumed past it', async () => {
    const server = await startBadUpstream((request) => request.answer(200, { connection: 'close' }, '{}'), {
      certificate: 'self-signed',
    })
    const upstream = testUpstream(server.url, { fingerprint: fingerprintOf('self-signed') })
    for (let turn = 0; turn < 3; turn += 1) await upstream.json(get('/'))
    expect(server.connections()).toBe(3)
    expect(
      server.requests.every(({ socket }) => !(socket as unknown as { isSessionReused(): boolean }).isSessionReused()),
    ).toBe(true)
  })

  test('pinning one connection relaxes no other', async () => {
    const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate: 'self-signed' })
    await testUpstream(server.url, { fingerprint: fingerprintOf('self-signed') }).json(get('/'))
    expect(await failureOf(testUpstream(server.url).json(get('/')))).toMatchObject({ code: 'upstream_unavailable' })
  })

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 relaxes nothing here', async () => {
    const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate: 'self-signed' })
    const kept = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      expect(await failureOf(testUpstream(server.url).json(get('/')))).toMatchObject({ code: 'upstream_unavailable' })
    } finally {
      if (kept === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = kept
    }
    expect(server.requests).toHaveLength(0)
  })

  test('a fingerprint that is none is refused rather than ignored', async () => {
    const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate: 'signed' })
    expect(await failureOf(testUpstream(server.url, { fingerprint: 'AB:CD' }).json(get('/')))).toMatchObject({
      code: 'invalid_request',
      param: 'fingerprint',
    })
    expect(server.connections()).toBe(0)
  })
})

test('plain HTTP where the server speaks TLS: the message says what to type, and the key went nowhere readable', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'), { certificate: 'self-signed' })
  const failure = await failureOf(testUpstream(server.url.replace('https:', 'http:')).json(get('/')))
  expect(failure.code).toBe('upstream_unavailable')
  expect(failure.message).toContain('https://')
  expect(JSON.stringify({ ...failure, message: failure.message })).not.toContain(CANARY_KEY)
})

test('plain HTTP where the server answers with a TLS alert', async () => {
  const server = await startBadUpstream((request) => {
    request.send(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]))
    request.socket.end()
  })
  const failure = await failureOf(testUpstream(server.url).json(get('/')))
  expect(failure).toMatchObject({
    code: 'upstream_unavailable',
    message: `Workstation (127.0.0.1:${server.port}) speaks TLS at this port. Type https://127.0.0.1:${server.port}.`,
  })
})
