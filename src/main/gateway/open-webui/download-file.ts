import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { dirname } from 'node:path'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { diskFull, freeBytes, notGguf } from './gguf-file.ts'

/** Opens an address; resolves with the head of the answer. */
export type OpenUrl = (url: URL, headers: Record<string, string>, signal: AbortSignal) => Promise<IncomingMessage>

interface Download {
  url: URL
  /** Where it goes. What is there already is its beginning, and the download goes on behind it. */
  path: string
  open: OpenUrl
  onProgress: (completed: number, total: number | null) => Promise<void>
  signal: AbortSignal
}

const MAX_REDIRECTS = 5
/** No byte for so long ends the download, ms; asked again it goes on. */
const IDLE_MS = 60_000
const MAGIC = Buffer.from('GGUF')

/** GET over TLS. No key and no cookie is sent, so that a redirect gives nothing away. */
export const openHttps: OpenUrl = (url, headers, signal) =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers, signal, timeout: IDLE_MS }, resolve)
    request.on('timeout', () => request.destroy(idle(url)))
    request.on('error', reject)
  })

/** Downloads a GGUF file, going on where an earlier try ended. Resolves with its digest (`sha256:…`). */
export async function downloadFile({ url, path, open: openUrl, onProgress, signal }: Download): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const have = await sizeOf(path)
  const answer = await follow(url, have, openUrl, signal)
  // A server that knows no ranges sends the file from its start.
  const from = answer.statusCode === 206 ? have : 0
  const rest = Number(answer.headers['content-length'] ?? Number.NaN)
  const total = answer.statusCode === 416 ? have : Number.isFinite(rest) ? from + rest : null
  if (answer.statusCode === 416) answer.destroy()
  else await append(answer, path, from, total, onProgress)
  if (total !== null && (await sizeOf(path)) !== total) {
    throw new EngineError('upstream_error', `${url.hostname} broke the download off. Ask again to go on with it.`, {
      retryable: true,
    })
  }
  return digestOf(path)
}

async function follow(url: URL, have: number, openUrl: OpenUrl, signal: AbortSignal): Promise<IncomingMessage> {
  let at = url
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await ask(at, have, openUrl, signal)
    const status = answer.statusCode ?? 0
    if (status === 200 || status === 206 || (status === 416 && have > 0)) return answer
    answer.destroy()
    const { location } = answer.headers
    if (status < 300 || status >= 400 || location === undefined) {
      throw new EngineError('upstream_error', `${at.hostname} answered with HTTP status ${status}.`, { status: 502 })
    }
    at = new URL(location, at)
    if (at.protocol !== url.protocol) {
      throw new EngineError('upstream_error', `${url.hostname} sends on to an address that is not protected by TLS.`)
    }
  }
  throw new EngineError('upstream_error', `${url.hostname} sends from address to address without an end.`)
}

async function ask(url: URL, have: number, openUrl: OpenUrl, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'User-Agent': 'Switchyard', 'Accept-Encoding': 'identity' }
  try {
    return await openUrl(url, have > 0 ? { ...headers, Range: `bytes=${have}-` } : headers, signal)
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new EngineError('upstream_error', `${url.hostname} could not be reached: ${reason}`, { cause: error })
  }
}

async function append(
  answer: IncomingMessage,
  path: string,
  from: number,
  total: number | null,
  onProgress: Download['onProgress'],
): Promise<void> {
  const room = await freeBytes(dirname(path))
  if (total !== null && total - from > room) {
    answer.destroy()
    throw diskFull()
  }
  const file = await open(path, from > 0 ? 'a' : 'w', 0o600)
  try {
    let size = from
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (size === 0 && !MAGIC.subarray(0, chunk.length).equals(chunk.subarray(0, MAGIC.length))) throw notGguf()
      size += chunk.length
      if (size - from > room) throw diskFull()
      await file.write(chunk)
      await onProgress(size, total)
    }
    await file.sync()
  } finally {
    answer.destroy()
    await file.close()
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
  return `sha256:${hash.digest('hex')}`
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

function idle(url: URL): EngineError {
  return new EngineError('idle_timeout', `${url.hostname} sent nothing for ${IDLE_MS / 1000} s.`)
}
