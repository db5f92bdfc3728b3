import { expect, onTestFinished, test } from 'vitest'
import { http } from '../../support/http-client.ts'
import { bearer } from './open-webui-route-rows.ts'
import { jsonOf, startTeamBench } from './open-webui-team-bench.ts'

const KEYS_OFF = { detail: 'Use of API key is not enabled in the environment.' }

async function statuses(environment: Record<string, string>, paths: string[]): Promise<[string, number][]> {
  const bench = await startTeamBench(environment)
  onTestFinished(() => bench.close())
  const { secret } = bench.engine.team.createKey(
    bench.ids.admin,
    { name: 'k', scopes: ['admin'] },
    bench.principal('admin'),
  )
  const found: [string, number][] = []
  for (const path of paths) {
    const answer = await http(bench.networkPort, path, { headers: { ...bearer(secret) } })
    found.push([path, answer.status])
    if (answer.status === 403 && path.startsWith('/api/v1')) expect(jsonOf(answer)).toEqual(KEYS_OFF)
    // Sessions are not keys.
    const session = await http(bench.networkPort, path, { headers: { ...bearer(bench.tokens.admin) } })
    expect([path, session.status]).toEqual([path, 200])
  }
  return found
}

test('keys may be kept to some paths and what is below them; sessions may not', async () => {
  const environment = {
    ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS: 'True',
    API_KEYS_ALLOWED_ENDPOINTS: '/api/models, /api/v1/users/ ,,',
  }
  const paths = [
    '/api/models',
    '/api/models/base',
    '/api/v1/users',
    '/api/v1/users/all',
    '/api/v1/models',
    '/v1/models',
  ]
  expect(await statuses(environment, paths)).toEqual([
    ['/api/models', 200],
    ['/api/models/base', 200],
    ['/api/v1/users', 200],
    ['/api/v1/users/all', 200],
    ['/api/v1/models', 403],
    ['/v1/models', 403],
  ])
  const bench = await startTeamBench(environment)
  onTestFinished(() => bench.close())
  expect(jsonOf(await bench.as('admin', 'GET /api/v1/auths/admin/config'))).toMatchObject({
    ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS: true,
    API_KEYS_ALLOWED_ENDPOINTS: '/api/models,/api/v1/users',
  })
  // What is open to everybody stays so.
  expect(await statuses(environment, ['/health', '/api/config'])).toEqual([
    ['/health', 200],
    ['/api/config', 200],
  ])
})

test('the list alone restricts nothing, and the switch without a list leaves nothing', async () => {
  const paths = ['/api/models', '/api/v1/models']
  expect(await statuses({ API_KEYS_ALLOWED_ENDPOINTS: '/api/models' }, paths)).toEqual(paths.map((path) => [path, 200]))
  const closed = await statuses({ ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS: 'true' }, paths)
  expect(closed).toEqual(paths.map((path) => [path, 403]))
})
