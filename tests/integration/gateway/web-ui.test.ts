import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine } from '../../support/fake-engine.ts'
import { eventually, http, rawConnection } from '../../support/http-client.ts'

const HTML = { accept: 'text/html,application/xhtml+xml' }
let folder: string
let gateway: Gateway
let port: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-ui-'))
  await mkdir(join(folder, 'ui', 'assets'), { recursive: true })
  await writeFile(join(folder, 'ui', 'index.html'), '<!doctype html><title>UI</title>')
  await writeFile(join(folder, 'ui', 'assets', 'index-B3xA_91c.js'), 'export {}')
  await writeFile(join(folder, 'ui', 'assets', 'empty-00000000.css'), '')
  await writeFile(join(folder, 'ui', 'icon.svg'), '<svg/>')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await symlink(join(folder, 'secret.txt'), join(folder, 'ui', 'link.txt'))
  await start(join(folder, 'ui'))
})
afterEach(async () => {
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(rendererFolder: string | null): Promise<void> {
  await gateway?.close()
  gateway = createGateway({
    engine: createFakeEngine(join(folder, 'data')),
    host: '127.0.0.1',
    port: 0,
    rendererFolder,
  })
  port = (await gateway.listen()).port
}

describe('the page', () => {
  test('goes to browsers, with a strict policy', async () => {
    for (const path of ['/', '/index.html', '/?x=1']) {
      const answer = await http(port, path, { headers: HTML })
      expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
        200,
        'text/html; charset=utf-8',
        '<!doctype html><title>UI</title>',
      ])
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      })
      const policy = answer.headers['content-security-policy'] as string
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
      ]) {
        expect(policy.split('; ')).toContain(rule)
      }
      expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|https?:/)
    }
  })

  test('files have their types; hashed ones never change, others are asked for', async () => {
    const script = await http(port, '/assets/index-B3xA_91c.js')
    expect([script.body, script.headers['content-type'], script.headers['cache-control']]).toEqual([
      'export {}',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ])
    const icon = await http(port, '/icon.svg')
    expect([icon.headers['content-type'], icon.headers['cache-control']]).toEqual([
      'image/svg+xml; charset=utf-8',
      'no-cache',
    ])
    const same = await http(port, '/icon.svg', { headers: { 'if-none-match': icon.headers.etag ?? '' } })
    expect([same.status, same.body]).toEqual([304, ''])
    const head = await http(port, '/icon.svg', { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '6', ''])
    expect((await http(port, '/assets/empty-00000000.css')).status).toBe(200)
  })

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd',
    '/link.txt',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    '/icon.svg/',
    '/INDEX.HTML',
  ])('%s leads nowhere', async (path) => {
    const answer = await http(port, path)
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('secret\n')
    expect(JSON.parse(answer.body).error.code).toBe('not_found')
  })

  test.each([[null], ['missing']])('without a build (%s) it says so', async (name) => {
    await start(name === null ? null : join(folder, name))
    const answer = await http(port, '/', { headers: HTML })
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('npm run build')
    expect((await http(port, '/api/tags')).status).toBe(200)
  })

  test('only GET and HEAD', async () => {
    expect((await http(port, '/icon.svg', { method: 'POST' })).status).toBe(404)
    expect((await http(port, '/', { method: 'PUT' })).status).toBe(405)
  })
})

describe('an upload', () => {
  const models = (): string => join(folder, 'data', 'models')
  const send = (name: string, body: string, headers = {}) =>
    http(port, `/ui/upload?name=${encodeURIComponent(name)}`, { method: 'POST', body, headers })

  test('becomes a model file', async () => {
    const answer = await send('my model.gguf', 'GGUF and more')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      201,
      { id: 'my model', name: 'my model.gguf', sizeBytes: 13 },
    ])
    expect(await readdir(models())).toEqual(['my model.gguf'])
    expect(await readFile(join(models(), 'my model.gguf'), 'utf8')).toBe('GGUF and more')
  })

  test('never leaves its folder', async () => {
    expect((await send('../../evil.gguf', 'GGUF')).status).toBe(201)
    expect(await readdir(models())).toEqual(['evil.gguf'])
  })

  test('does not replace a file', async () => {
    await send('a.gguf', 'GGUF one')
    const answer = await send('a.gguf', 'GGUF two')
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([409, 'conflict'])
    expect(await readFile(join(models(), 'a.gguf'), 'utf8')).toBe('GGUF one')
  })

  test.each([
    ['a.bin', 'GGUF', 'invalid_request'],
    ['', 'GGUF', 'invalid_request'],
    ['a.gguf', '<html>', 'invalid_request'],
    ['a.gguf', 'GG', 'invalid_request'],
    ['a.gguf', '', 'invalid_request'],
  ])('name %j with %j is refused and leaves nothing', async (name, body, code) => {
    const answer = await send(name, body)
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([400, code])
    expect(existsSync(models()) ? await readdir(models()) : []).toEqual([])
  })

  test('that does not fit is refused before it is sent', async () => {
    const raw = await rawConnection(
      port,
      'POST /ui/upload?name=a.gguf HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 9000000000000000\r\n\r\n',
    )
    expect(await raw.until('disk_full')).toMatch(/^HTTP\/1\.1 507 /)
    raw.socket.destroy()
  })

  test('broken off leaves nothing; two of one name are one too many', async () => {
    const head = 'POST /ui/upload?name=a.gguf HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nGGUF'
    const raw = await rawConnection(port, head)
    await eventually(() => existsSync(join(models(), 'a.gguf.part')))
    expect((await send('a.gguf', 'GGUF')).status).toBe(409)
    raw.socket.destroy()
    await eventually(() => !existsSync(join(models(), 'a.gguf.part')))
    expect(await readdir(models())).toEqual([])
    // The name is free again once the broken upload is cleared up; until then it is taken.
    let status = 409
    while (status === 409) status = (await send('a.gguf', 'GGUF')).status
    expect(status).toBe(201)
  })

  test('from another origin is refused', async () => {
    expect((await send('a.gguf', 'GGUF', { origin: 'https://evil.example' })).status).toBe(403)
    expect(existsSync(models())).toBe(false)
  })
})
