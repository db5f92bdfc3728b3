import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { downloadFile, type OpenUrl } from '../../../../src/main/gateway/open-webui/download-file.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

const FILE = Buffer.from(`GGUF${'abcdefgh'.repeat(20_000)}`)
const DIGEST = `sha256:${createHash('sha256').update(FILE).digest('hex')}`

/** A server behind the name huggingface.co: what is asked there over TLS comes to it in clear. */
async function serverOf(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const asked: { path: string; range: string | undefined }[] = []
  const server = createServer((req, res) => {
    asked.push({ path: `${req.headers.host}${req.url}`, range: req.headers.range })
    answer(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open: OpenUrl = (url, headers, signal) =>
    new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port, path: url.pathname, headers: { ...headers, host: url.host }, signal }
      get(target, resolve).on('error', reject)
    })
  const path = join(tempFolder(), 'x.gguf.part')
  const told: [number, number | null][] = []
  let sawSome = (): void => {}
  const some = new Promise<void>((resolve) => {
    sawSome = resolve
  })
  const download = (signal = new AbortController().signal): Promise<string> =>
    downloadFile({
      url: new URL('https://huggingface.co/a/b/resolve/main/x.gguf'),
      path,
      open,
      onProgress: async (completed, total) => {
        told.push([completed, total])
        sawSome()
      },
      signal,
    })
  return { download, path, told, asked, some }
}

function ranged(req: IncomingMessage, res: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? 0)
  if (from >= FILE.length) res.writeHead(416).end()
  else res.writeHead(from > 0 ? 206 : 200, { 'content-length': FILE.length - from }).end(FILE.subarray(from))
}

test('follows redirects and tells progress', async () => {
  const { download, path, told, asked } = await serverOf((req, res) => {
    if (req.url === '/file') ranged(req, res)
    else res.writeHead(302, { location: 'https://cdn.example/file' }).end()
  })
  expect(await download()).toBe(DIGEST)
  expect(readFileSync(path).equals(FILE)).toBe(true)
  expect(told.at(-1)).toEqual([FILE.length, FILE.length])
  expect(asked.map(({ path: where }) => where)).toEqual(['huggingface.co/a/b/resolve/main/x.gguf', 'cdn.example/file'])
})

test('a download that broke off goes on where it was', async () => {
  let cut = true
  const { download, path, asked, some } = await serverOf((req, res) => {
    if (!cut) return ranged(req, res)
    cut = false
    res.writeHead(200, { 'content-length': FILE.length })
    res.write(FILE.subarray(0, 50_000))
    // What is under way when a line breaks is lost; this much has arrived.
    void some.then(() => res.destroy())
  })
  await expect(download()).rejects.toThrow()
  const have = readFileSync(path).length
  expect(have).toBeGreaterThan(0)
  expect(await download()).toBe(DIGEST)
  expect(asked.at(-1)?.range).toBe(`bytes=${have}-`)
  // All of it is here already.
  expect(await download()).toBe(DIGEST)
})

test('a server without ranges sends it from the start', async () => {
  const { download, path } = await serverOf((_req, res) =>
    res.writeHead(200, { 'content-length': FILE.length }).end(FILE),
  )
  writeFileSync(path, FILE.subarray(0, 100))
  expect(await download()).toBe(DIGEST)
})

test.each([
  ['what is no GGUF file', (res: ServerResponse) => res.writeHead(200).end('<html>'), /not a GGUF file/],
  ['an error', (res: ServerResponse) => res.writeHead(404).end(), /huggingface\.co answered with HTTP status 404/],
  [
    'a redirect without TLS',
    (res: ServerResponse) => res.writeHead(302, { location: 'http://x/y' }).end(),
    /not protected by TLS/,
  ],
  ['a circle', (res: ServerResponse) => res.writeHead(302, { location: '/again' }).end(), /without an end/],
])('%s is refused', async (_name, answer, message) => {
  const { download } = await serverOf((_req, res) => void answer(res))
  await expect(download()).rejects.toThrow(message)
})
