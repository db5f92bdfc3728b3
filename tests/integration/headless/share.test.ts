import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const ADA = { name: 'Ada', email: 'ada@example.test', password: 'a long enough one' }

let folder: string
const running: ServeProcess[] = []

beforeEach(() => {
  folder = tempFolder()
})
afterEach(() => Promise.all(running.splice(0).map((serve) => serve.end('SIGKILL'))))

async function start(...args: string[]): Promise<ServeProcess> {
  const serve = await startServe({ dataFolder: folder, args })
  running.push(serve)
  return serve
}

it('does not share without accounts or keys, says how to make one, and serves this machine', async () => {
  const serve = await start('--share', '127.0.0.1', '--share-port', '0')
  await vi.waitFor(() => expect(serve.output()).toMatch(/^Not shared on the network: .*signup/m), { timeout: 10_000 })
  expect((await fetch(`${serve.url}/health`)).status).toBe(200)
})

it('shares once there is an account, with the certificate that it names, and comes back without being asked', async () => {
  const first = await start()
  const signUp = await fetch(`${first.url}/api/v1/auths/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADA),
  })
  expect(signUp.status).toBe(200)
  await first.end()

  const second = await start('--share', '127.0.0.1', '--share-port', '0')
  const url = await sharedAt(second)
  const fingerprint = /fingerprint ([0-9A-F:]+)/.exec(second.output())?.[1]
  const stranger = await get(`${url}/v1/models`)
  expect([stranger.status, stranger.fingerprint]).toEqual([401, fingerprint])
  expect((await get(`${url}/ui/session`)).status).toBe(200)
  await second.end()

  const third = await start()
  expect((await get(`${await sharedAt(third)}/health`)).fingerprint).toBe(fingerprint)
})

async function sharedAt(serve: ServeProcess): Promise<string> {
  return vi.waitFor(
    () => {
      const url = /^Shared on the network at (https:\/\/\S+)$/m.exec(serve.output())?.[1]
      if (url === undefined) throw new Error(`not shared yet; it printed:\n${serve.output()}`)
      return url
    },
    { timeout: 10_000 },
  )
}

/** Takes any certificate, and tells which it was. */
function get(url: string): Promise<{ status: number; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const req = request(url, { rejectUnauthorized: false, agent: false }, (res) => {
      const { fingerprint256 } = (res.socket as TLSSocket).getPeerCertificate()
      res.resume()
      res.on('end', () => resolve({ status: res.statusCode ?? 0, fingerprint: fingerprint256 }))
    })
    req.on('error', reject)
    req.end()
  })
}
