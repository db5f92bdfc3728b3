import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Connection } from '../../../src/main/engine/spec/connections.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { Jobs } from '../../../src/main/engine/spec/jobs.ts'
import { createGateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine } from '../../support/fake-engine.ts'
import { type HttpAnswer, http } from '../../support/http-client.ts'
import { tempFolder } from '../../support/temp-folder.ts'

type Upload = Parameters<Jobs['upload']>[0]

async function open() {
  const folder = tempFolder()
  const uploads: Upload[] = []
  const parts = {
    connectionSet: {
      find: (id: string) =>
        id === 'here' ? null : ({ id, provider: id === 'ol' ? 'ollama' : 'openai' } as Partial<Connection>),
    },
    jobs: {
      upload(input: Upload) {
        if (input.model === 'refused') throw new EngineError('queue_full', 'Too many jobs.')
        uploads.push(input)
        return { id: 'job-1' }
      },
    },
  }
  const engine = Object.assign(createFakeEngine(folder), parts as object)
  const gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  onTestFinished(() => gateway.close())
  const { port } = await gateway.listen()
  const send = (query: string, body: string): Promise<HttpAnswer> =>
    http(port, `/ui/upload?${query}`, { method: 'POST', body })
  return { folder: join(folder, 'uploads'), models: join(folder, 'models'), uploads, send }
}

test('a GGUF for an Ollama server is stored apart, and a job takes it on', async () => {
  const { folder, models, uploads, send } = await open()
  const answer = await send('name=my.gguf&connection=ol&model=mine%3Ab', 'GGUF and more')
  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    201,
    { id: 'my', name: 'my.gguf', sizeBytes: 13, jobId: 'job-1' },
  ])
  expect(uploads).toEqual([
    {
      connectionId: 'ol',
      model: 'mine:b',
      path: expect.stringMatching(/my-[0-9a-f]{12}\.gguf$/),
      removeFileAfterwards: true,
    },
  ])
  expect(readFileSync(uploads[0]?.path ?? '', 'utf8')).toBe('GGUF and more')
  expect(existsSync(models)).toBe(false)
  // The same name again is another file.
  await send('name=my.gguf&connection=ol&model=mine', 'GGUF')
  expect(readdirSync(folder)).toHaveLength(2)
})

test.each([
  ['name=my.gguf&connection=ol', 'GGUF', 400, 'invalid_request'],
  ['name=my.gguf&connection=ol&model=m', 'no GGUF', 400, 'invalid_request'],
  ['name=my.bin&connection=ol&model=m', 'GGUF', 400, 'invalid_request'],
  ['name=my.gguf&connection=here&model=m', 'GGUF', 404, 'not_found'],
  ['name=my.gguf&connection=openai&model=m', 'GGUF', 404, 'not_found'],
  ['name=my.gguf&connection=ol&model=refused', 'GGUF', 503, 'queue_full'],
])('%s with %j is refused and leaves nothing', async (query, body, status, code) => {
  const { folder, send } = await open()
  const answer = await send(query, body)
  expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([status, code])
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
})

test('what nobody can want any more is cleared up', async () => {
  const { folder, send } = await open()
  mkdirSync(folder, { recursive: true })
  for (const name of ['old.gguf', 'old.gguf.part', 'new.gguf']) writeFileSync(join(folder, name), 'GGUF')
  const old = new Date(Date.now() - 9 * 86_400_000)
  for (const name of ['old.gguf', 'old.gguf.part']) utimesSync(join(folder, name), old, old)
  await send('name=my.gguf&connection=ol&model=m', 'GGUF')
  expect(readdirSync(folder).map((name) => name.replace(/-[0-9a-f]+/, ''))).toEqual(['my.gguf', 'new.gguf'])
})
