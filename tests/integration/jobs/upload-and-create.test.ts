import { createHash, randomBytes } from 'node:crypto'
import { existsSync, truncateSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { ollamaAt, openJobs, reaches, say, startOllama, startServer } from './job-bench.ts'

function ggufFile(bytes: number, folder = tempFolder(), name = 'weights.gguf'): { path: string; digest: string } {
  const content = Buffer.concat([Buffer.from('GGUF'), randomBytes(bytes - 4)])
  const path = join(folder, name)
  writeFileSync(path, content)
  return { path, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` }
}

test('an upload reads the file, asks for the blob, sends it and makes the model', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { path, digest } = ggufFile(3_000_000)
  const first = bench.jobs.upload({ connectionId: 'a', model: 'mine', path, removeFileAfterwards: true })
  const done = await reaches(bench, first.id, 'done')
  expect(done).toMatchObject({
    kind: 'upload',
    model: 'mine',
    attempts: 1,
    completedBytes: 3_000_000,
    totalBytes: 3_000_000,
  })
  expect(server.requests.map(({ method, path: asked, bytes, body }) => [method, asked, body ?? bytes])).toEqual([
    ['HEAD', `/api/blobs/${digest}`, 0],
    ['POST', `/api/blobs/${digest}`, 3_000_000],
    ['POST', '/api/create', { model: 'mine', stream: true, files: { 'weights.gguf': digest } }],
  ])
  expect(server.requests[1]?.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': '3000000',
  })
  expect(server.library.models.has('mine:latest')).toBe(true)
  expect(bench.refreshed).toEqual(['a'])
  await until('the file is gone', () => !existsSync(path) || null)
})

test('a blob that the server has is not sent; a file that stays is not deleted', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { path, digest } = ggufFile(10_000)
  server.library.blobs.set(digest, 10_000)
  await reaches(bench, bench.jobs.upload({ connectionId: 'a', model: 'mine', path }).id, 'done')
  expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'POST'])
  expect(existsSync(path)).toBe(true)
})

test('a sent file goes with a cancelled upload, which says so; one that lies here can be gone on with', async () => {
  // It takes every question and answers none.
  const server = await startServer(() => undefined)
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const sent = ggufFile(10_000)
  const here = ggufFile(10_000)
  const ofSent = bench.jobs.upload({ connectionId: 'a', model: 'one', path: sent.path, removeFileAfterwards: true })
  const ofHere = bench.jobs.upload({ connectionId: 'a', model: 'two', path: here.path })
  await Promise.all([ofSent, ofHere].map(({ id }) => reaches(bench, id, 'running')))
  expect([ofSent.canResume, ofHere.canResume]).toEqual([true, true])
  bench.jobs.cancel(ofSent.id)
  bench.jobs.cancel(ofHere.id)
  expect(bench.jobs.get(ofSent.id)).toMatchObject({ state: 'cancelled', canResume: false })
  expect(bench.jobs.get(ofHere.id)).toMatchObject({ state: 'cancelled', canResume: true })
  expect(() => bench.jobs.resume(ofSent.id)).toThrow(/deleted when it was cancelled/)
  expect(bench.jobs.resume(ofHere.id)).toMatchObject({ endedAt: null, canResume: true })
  await until('the file is gone', () => !existsSync(sent.path) || null)
  bench.jobs.cancel(ofHere.id)
})

test('who uploads the same file to the same name joins the job; another file or name is another job', async () => {
  const server = await startServer(() => undefined)
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { path } = ggufFile(10_000)
  const upload = (model: string, file: string): string => bench.jobs.upload({ connectionId: 'a', model, path: file }).id
  const first = upload('mine', path)
  expect(upload('mine:latest', path)).toBe(first)
  expect(new Set([first, upload('other', path), upload('mine', ggufFile(10_000).path)]).size).toBe(3)
})

test('when the line drops while sending, the blob is asked for first and the file sent again, and that is said', async () => {
  const { path, digest } = ggufFile(4_000_000)
  const asked: string[] = []
  let received = 0
  const server = await startServer((req, res) => {
    asked.push(`${req.method} ${req.url?.replace(digest, 'DIGEST')}`)
    if (req.method === 'HEAD') res.writeHead(404).end()
    else if (req.url === '/api/create') {
      say(res, { status: 'success' })
      res.end()
    } else if (asked.filter((line) => line.startsWith('POST')).length === 1) {
      req.once('data', () => req.socket.destroy())
    } else {
      req.on('data', (chunk: Buffer) => (received += chunk.length))
      req.on('end', () => res.writeHead(201).end())
    }
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.upload({ connectionId: 'a', model: 'mine', path })
  await reaches(bench, id, 'retrying')
  bench.clock.advance(1_000)
  await reaches(bench, id, 'done')
  expect(asked).toEqual([
    'HEAD /api/blobs/DIGEST',
    'POST /api/blobs/DIGEST',
    'HEAD /api/blobs/DIGEST',
    'POST /api/blobs/DIGEST',
    'POST /api/create',
  ])
  expect(received).toBe(4_000_000)
  expect(bench.stored()[0]).toMatchObject({ checkpoint: { files: { [path]: { digest, sizeBytes: 4_000_000 } } } })
})

test('the phases of an upload, and its cancelling in the middle of a slow line', async () => {
  const { path } = ggufFile(1_000)
  // Sparse: large enough that reading it can be watched.
  truncateSync(path, 300_000_000)
  const bodies: IncomingMessage[] = []
  const server = await startServer((req, res) => {
    if (req.method === 'HEAD') res.writeHead(404).end()
    // Takes the head and no more: the line is full soon.
    else bodies.push(req.pause())
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.upload({ connectionId: 'a', model: 'mine', path, removeFileAfterwards: true })
  await until('it reads', () => bench.jobs.get(id)?.phase === 'reading the file' || null)
  await until('it sends', () => bench.jobs.get(id)?.phase === 'sending the file' || null)
  const sent = await until('some of it went out', () => bench.jobs.get(id)?.completedBytes || null)
  expect(sent).toBeLessThan(300_000_000)
  await until('the line is full', async () => {
    const before = bench.jobs.get(id)?.completedBytes
    await new Promise((resolve) => setImmediate(resolve))
    return bench.jobs.get(id)?.completedBytes === before || null
  })
  bench.clock.advance(16_000)
  expect(bench.jobs.get(id)).toMatchObject({ state: 'stalled', bytesPerSecond: null })
  await until('it is sent again, as is said', () =>
    bench.jobs.get(id)?.phase.startsWith('sending the file again from its beginning') ? true : null,
  )
  bench.jobs.cancel(id)
  expect(bench.jobs.get(id)?.state).toBe('cancelled')
  // Who does not read does not notice that the other side is gone.
  for (const body of bodies) body.resume()
  await until('no socket is left', () => server.sockets() === 0 || null)
  await until('the file is gone', () => !existsSync(path) || null)
  expect(bench.clock.pending()).toBe(0)
})

test('what cannot be sent fails at once, by name', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const folder = tempFolder()
  const text = join(folder, 'text.gguf')
  writeFileSync(text, 'no weights')
  const empty = join(folder, 'empty.gguf')
  writeFileSync(empty, '')
  for (const [path, code] of [
    [text, 'invalid_request'],
    [empty, 'invalid_request'],
    [join(folder, 'gone.gguf'), 'not_found'],
    [folder, 'invalid_request'],
  ] as const) {
    const { id } = bench.jobs.upload({ connectionId: 'a', model: 'mine', path })
    expect((await reaches(bench, id, 'failed')).error).toMatchObject({
      code,
      message: expect.stringContaining(path),
    })
  }
  expect(server.requests).toEqual([])
})

test('a file that changes while it is sent is not sent as something else', async () => {
  const { path } = ggufFile(2_000_000)
  const server = await startServer((req, res) => {
    if (req.method === 'HEAD') {
      truncateSync(path, 1_000_000)
      res.writeHead(404).end()
    }
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.upload({ connectionId: 'a', model: 'mine', path })
  expect((await reaches(bench, id, 'failed')).error).toMatchObject({ code: 'conflict' })
})

test('a model is made from a Modelfile; files that it names are sent first', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const folder = tempFolder()
  const weights = ggufFile(5_000, folder)
  const { id } = bench.jobs.create({
    connectionId: 'a',
    model: 'pirate',
    modelfile: `FROM ${weights.path}\nSYSTEM """\nYou are\na pirate."""\nPARAMETER stop <a>\nPARAMETER stop <b>\nPARAMETER top_k 3`,
    quantize: 'q4_K_M',
  })
  expect(await reaches(bench, id, 'done')).toMatchObject({ kind: 'create', model: 'pirate', phase: 'success' })
  expect(server.library.blobs.get(weights.digest)).toBe(5_000)
  expect(server.requestsTo('/api/create')[0]?.body).toEqual({
    model: 'pirate',
    stream: true,
    files: { 'weights.gguf': weights.digest },
    system: '\nYou are\na pirate.',
    parameters: { stop: ['<a>', '<b>'], top_k: 3 },
    quantize: 'q4_K_M',
  })
  expect(server.library.models.get('pirate:latest')?.system).toBe('\nYou are\na pirate.')
})

test('a Modelfile that the server printed itself works there again', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const digest = 'e'.repeat(64)
  const modelfile = `# Modelfile generated by "ollama show"\nFROM /root/.ollama/models/blobs/sha256-${digest}\nTEMPLATE """{{ .Prompt }}"""\n`
  const refused = bench.jobs.create({ connectionId: 'a', model: 'copy', modelfile })
  expect((await reaches(bench, refused.id, 'failed')).error).toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('one of another server'),
  })
  server.library.blobs.set(`sha256:${digest}`, 5)
  await reaches(bench, bench.jobs.create({ connectionId: 'a', model: 'copy', modelfile }).id, 'done')
  expect(server.requestsTo('/api/create').map(({ body }) => body)).toEqual([
    {
      model: 'copy',
      stream: true,
      files: { [`sha256-${digest}`]: `sha256:${digest}` },
      template: '{{ .Prompt }}',
    },
  ])
})

test('a wrong Modelfile is refused before there is a job; a refusal of the server is final', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  expect(() => bench.jobs.create({ connectionId: 'a', model: 'x', modelfile: 'FROM a\nPARAMETER top_k many' })).toThrow(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('line 2, column 17') }),
  )
  expect(() => bench.jobs.create({ connectionId: 'a', model: 'x', modelfile: 'FROM ./a.gguf' })).toThrow(/full path/)
  expect(bench.jobs.list()).toEqual([])
  const { id } = bench.jobs.create({
    connectionId: 'a',
    model: 'x',
    modelfile: 'FROM ./a.gguf',
    files: { './a.gguf': `sha256:${'f'.repeat(64)}` },
  })
  expect((await reaches(bench, id, 'failed')).error).toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('not found'),
  })
  expect(server.requests).toHaveLength(1)
})
