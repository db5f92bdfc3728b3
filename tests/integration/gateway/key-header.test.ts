import { Agent, request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { http } from '../../support/http-client.ts'
import { bearer } from './open-webui-route-rows.ts'
import { jsonOf, startTeamBench, type TeamBench } from './open-webui-team-bench.ts'

async function bench(environment: Record<string, string>): Promise<TeamBench & { key: string }> {
  const team = await startTeamBench(environment)
  onTestFinished(() => team.close())
  const { secret } = team.engine.team.createKey(team.ids.admin, { name: 'k' }, team.principal('admin'))
  return Object.assign(team, { key: secret })
}

test('CUSTOM_API_KEY_HEADER names a header that may carry a key, besides x-api-key', async () => {
  const { key, networkPort, tokens } = await bench({ CUSTOM_API_KEY_HEADER: 'X-Gateway-Key' })
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await http(networkPort, '/api/models', { headers })).status
  expect(await status({ 'x-gateway-key': key })).toBe(200)
  expect(await status({ 'X-Gateway-Key': key, authorization: 'Basic cHJveHk6eA==' })).toBe(200)
  expect(await status({ 'x-api-key': key })).toBe(200)
  expect(await status({ 'x-gateway-key': 'a placeholder', 'x-api-key': key })).toBe(200)
  expect(await status({ 'x-other-key': key })).toBe(401)
  const unknown = await http(networkPort, '/api/models', { headers: { 'x-gateway-key': `sk-swy-${'0'.repeat(48)}` } })
  expect([unknown.status, jsonOf(unknown)]).toEqual([
    401,
    { detail: 'Your session has expired or the token is invalid. Please sign in again.' },
  ])
  expect(await status({ 'x-gateway-key': tokens.pending })).toBe(401)
})

test('who came before on a connection is nobody to a request with another key', async () => {
  const { key, networkPort, tokens } = await bench({ CUSTOM_API_KEY_HEADER: 'X-Gateway-Key' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  let reused = 0
  const who = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request({ port: networkPort, path: '/api/v1/auths/', agent, headers }, (res) => {
        let text = ''
        res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        res.on('end', () => resolve(res.statusCode === 200 ? String((JSON.parse(text) as { name: string }).name) : '-'))
      })
      sent.on('error', reject).end()
      sent.once('response', () => (reused += sent.reusedSocket ? 1 : 0))
    })
  const asked = [
    { ...bearer(tokens.member) },
    { 'x-gateway-key': key },
    {},
    { ...bearer('ollama'), 'x-gateway-key': key },
    { ...bearer(tokens.member), 'x-gateway-key': key },
    { ...bearer('ollama') },
  ]
  const names: string[] = []
  for (const headers of asked) names.push(await who(headers as Record<string, string>))
  expect(names).toEqual(['Ben', 'Ada', '-', 'Ada', 'Ben', '-'])
  expect(reused).toBe(asked.length - 1)
})

test.each(['not a name', 'x:y', 'Cookie', ''])('%j names no header for a key, and is ignored', async (name) => {
  const { key, networkPort } = await bench({ CUSTOM_API_KEY_HEADER: name })
  expect((await http(networkPort, '/api/models', { headers: { cookie: key } })).status).toBe(401)
  expect((await http(networkPort, '/api/models', { headers: { 'x-api-key': key } })).status).toBe(200)
})
