import { expect, test } from 'vitest'
import { http } from '../../support/http-client.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { type Bench, jsonOf, startBench, startOllama } from './open-webui-bench.ts'

/** Each form of Open WebUI's API, with a body that lacks a required field and one where a field has a wrong type. */
const FORMS: readonly [route: string, lacking: string | null, wrong: string][] = [
  ['POST /ollama/verify', '{}', '{"url":5}'],
  ['POST /ollama/config/update', '{}', '{"OLLAMA_BASE_URLS":"http://127.0.0.1:1"}'],
  ['POST /ollama/api/unload', null, '{"model":5}'],
  ['POST /ollama/api/pull', '{}', '{"model":5}'],
  ['POST /ollama/api/pull/0', '{}', '{"model":"a","insecure":"yes"}'],
  ['DELETE /ollama/api/push', '{}', '{"model":["a"]}'],
  ['POST /ollama/api/create', '{}', '{"model":"a","files":[]}'],
  ['POST /ollama/api/copy', '{"source":"a"}', '{"source":"a","destination":7}'],
  ['DELETE /ollama/api/delete', '{}', '{"model":{}}'],
  ['POST /ollama/api/show', '{}', '{"model":7}'],
  ['POST /ollama/models/download', '{}', '{"url":7}'],
  ['POST /openai/verify', '{"key":"k"}', '{"url":"http://127.0.0.1:1/v1","key":7}'],
  ['POST /openai/config/update', '{"OPENAI_API_BASE_URLS":[]}', '{"OPENAI_API_BASE_URLS":{},"OPENAI_API_KEYS":[]}'],
  [
    'POST /openai/config/update',
    null,
    '{"OPENAI_API_BASE_URLS":["http://127.0.0.1:1/v1"],"OPENAI_API_KEYS":[],"OPENAI_API_CONFIGS":{"0":{"tags":"x"}}}',
  ],
  ['POST /openai/verify', null, '{"url":"http://127.0.0.1:1/v1","config":{"headers":"x"}}'],
  ['POST /api/models/unload', '{}', '{"model":7}'],
  ['POST /api/v1/configs/models', null, '{"MODEL_ORDER_LIST":"a"}'],
  ['POST /api/v1/configs/connections', null, '{"ENABLE_BASE_MODELS_CACHE":"yes"}'],
  ['POST /api/v1/models/create', '{}', '{"id":"a","name":"A","meta":[],"params":{}}'],
  ['POST /models/create', '{}', '{"id":"a","name":7}'],
  ['POST /api/v1/models/model/update', '{}', '{"id":7}'],
  ['POST /api/v1/models/model/access/update', '{"id":"a"}', '{"id":"a","access_grants":"everyone"}'],
  ['POST /api/v1/models/model/delete', '{}', '{"id":7}'],
  ['POST /api/v1/models/import', '{}', '{"models":{}}'],
  ['POST /api/v1/models/sync', '{}', '{"models":[{"id":"a","params":[]}]}'],
  ['POST /api/v1/models/local/load', '{}', '{"id":7}'],
  ['POST /api/v1/auths/signin', '{"email":"a@example.com"}', '{"email":"a@example.com","password":7}'],
  ['POST /api/v1/auths/signup', '{"email":"a@example.com"}', '{"name":"A","email":"a@example.com","password":7}'],
  [
    'POST /api/v1/auths/add',
    '{"name":"A"}',
    '{"name":"A","email":"a@example.com","password":"password","role":"king"}',
  ],
  ['POST /api/v1/auths/admin/config', null, '{"ENABLE_SIGNUP":"yes"}'],
  ['POST /api/v1/auths/update/timezone', '{}', '{"timezone":7}'],
  ['POST /api/v1/auths/api_keys', '{}', '{"name":"k","scopes":"chat"}'],
  ['POST /api/v1/users/default/permissions', null, '{"workspace":{"models":"yes"}}'],
  ['POST /api/v1/users/user/settings/update', null, '"dark"'],
  ['POST /api/v1/groups/create', '{}', '{"name":7}'],
]

async function send(bench: Bench, route: string, body: string): Promise<unknown> {
  const [method = '', path = ''] = route.split(' ')
  const answer = await http(bench.port, path, { method, body })
  return [answer.status, jsonOf(answer)]
}

test('a form that is no JSON, lacks a field or has one of a wrong type is a 422 with one sentence', async () => {
  const bench = await startBench()
  const sentence = { detail: expect.stringMatching(/\S/) }
  for (const [route, lacking, wrong] of FORMS) {
    for (const body of ['', 'no JSON', '{"a":', ...(lacking === null ? [] : [lacking]), wrong]) {
      expect(await send(bench, route, body), `${route} ${body}`).toEqual([422, sentence])
    }
  }
})

test('what Open WebUI refuses in words of its own keeps its status', async () => {
  const ollama = await startOllama({ models: [scriptedModel('a:1b')] })
  const bench = await startBench()
  await bench.post('/ollama/config/update', { OLLAMA_BASE_URLS: [ollama.url], OLLAMA_API_CONFIGS: {} })
  const cases: [route: string, body: string, status: number, detail: unknown][] = [
    ['POST /ollama/api/unload', '{}', 400, 'Missing name of the model to unload.'],
    ['POST /ollama/api/unload', '{"model":"b"}', 400, "Model 'b' was not found"],
    ['POST /api/models/unload', '{"model":""}', 404, 'Model "" not found'],
    ['POST /ollama/api/chat', '{"model":"a:1b","messages":[{"role":"user"}]}', 400, expect.stringContaining('content')],
    ['POST /ollama/api/chat', '{"model":7}', 400, expect.stringContaining("'model'")],
    ['POST /api/chat/completions', 'no JSON', 400, expect.stringContaining('JSON')],
    ['POST /openai/chat/completions', '{"model":7}', 400, expect.stringContaining("'model'")],
    ['POST /api/v1/models/create', '{"id":""}', 400, expect.stringMatching(/^The model id is too long/)],
    [
      'POST /ollama/models/download',
      '{"url":"https://example.com/a"}',
      400,
      expect.stringMatching(/^Invalid file_url/),
    ],
  ]
  for (const [route, body, status, detail] of cases) {
    expect(await send(bench, route, body), `${route} ${body}`).toEqual([status, { detail }])
  }
  expect(await send(bench, 'POST /api/pull', '{}')).toEqual([400, { error: 'model is required' }])
  expect(await send(bench, 'POST /api/pull', 'no JSON')).toEqual([400, { error: expect.any(String) }])
})

test('a body that is too large stays a 413', async () => {
  const bench = await startBench()
  const body = JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(3 * 1024 * 1024) })
  expect(await send(bench, 'POST /api/v1/auths/signin', body)).toEqual([413, { detail: expect.any(String) }])
})

test('an upload without a file is a 422', async () => {
  const bench = await startBench()
  const ollama = await startOllama()
  await bench.post('/ollama/config/update', { OLLAMA_BASE_URLS: [ollama.url], OLLAMA_API_CONFIGS: {} })
  const form = new FormData()
  form.append('note', 'no file')
  const lacking = await fetch(`http://127.0.0.1:${bench.port}/ollama/models/upload`, { method: 'POST', body: form })
  expect([lacking.status, await lacking.json()]).toEqual([422, { detail: expect.stringContaining('no file') }])
  expect(await send(bench, 'POST /ollama/models/upload', '{}')).toEqual([422, { detail: expect.any(String) }])
})
