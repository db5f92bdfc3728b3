import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { clearOldUploads } from './clear-old-uploads.ts'
import { uploadName } from './upload-name.ts'

/** What an upload must leave free, so that the database can go on writing. Bytes. */
const RESERVE = 512 * 1024 * 1024
const GGUF_MAGIC = 'GGUF'
/** An upload that makes no progress for so long is given up, ms. */
const IDLE_MS = 120_000

/** Final paths that an upload is writing to. */
const writing = new Set<string>()

/**
 * POST /ui/upload?name=x.gguf: a GGUF file dropped on the window in a browser. The body is the file. It becomes visible
 * under its name only when it is whole; the runtime finds and checks it by itself.
 */
export function upload(exchange: Exchange): Promise<void> {
  const { gateway } = exchange
  const query = new URLSearchParams(exchange.query)
  const name = uploadName(query.get('name') ?? '')
  const connectionId = query.get('connection')
  if (connectionId !== null) return uploadForOllama(exchange, name, connectionId, query.get('model')?.trim() ?? '')
  const path = join(gateway.engine.dataFolder, 'models', name)
  return forClient(exchange, async (signal) => {
    if (writing.has(path)) throw taken(name)
    writing.add(path)
    try {
      const sizeBytes = await store(exchange, path, name, signal)
      sendJson(exchange, 201, { id: name.slice(0, -'.gguf'.length), name, sizeBytes })
    } finally {
      writing.delete(path)
    }
  })
}

/**
 * POST /ui/upload?name=x.gguf&connection=<id>&model=<name>: a GGUF file for an Ollama server. It is stored until the job
 * that sends it on and makes the model is done. Answers with that job's id.
 */
function uploadForOllama(exchange: Exchange, name: string, connectionId: string, model: string): Promise<void> {
  const { engine } = exchange.gateway
  if (model === '') throw new EngineError('invalid_request', 'The name of the model is missing.', { param: 'model' })
  // Before gigabytes are sent for nothing.
  if (engine.connectionSet.find(connectionId)?.provider !== 'ollama') {
    throw new EngineError('not_found', 'There is no such Ollama server, or it is switched off.', {
      param: 'connection',
    })
  }
  const folder = join(engine.dataFolder, 'uploads')
  const stem = name.slice(0, -'.gguf'.length)
  // Two uploads of one name may be under way; each has its own file.
  const path = join(folder, `${stem}-${randomBytes(6).toString('hex')}.gguf`)
  return forClient(exchange, async (signal) => {
    await clearOldUploads(folder)
    const sizeBytes = await store(exchange, path, name, signal)
    try {
      const job = engine.jobs.upload({ connectionId, model, path, removeFileAfterwards: true })
      sendJson(exchange, 201, { id: stem, name, sizeBytes, jobId: job.id })
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  })
}

/** Writes the body to a part file, brings it onto the disk and gives it its name. Leaves nothing if that fails. */
async function store(exchange: Exchange, path: string, name: string, signal: AbortSignal): Promise<number> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  if (await exists(path)) throw taken(name)
  const room = await freeBytes(folder)
  if (Number(exchange.req.headers['content-length'] ?? 0) > room) throw diskFull(name)
  if (exchange.expectsContinue) exchange.res.writeContinue()
  const part = `${path}.part`
  try {
    const size = await receive(exchange.req, part, room, signal)
    if (await exists(path)) throw taken(name)
    await rename(part, path)
    return size
  } catch (error) {
    await rm(part, { force: true })
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOSPC') throw diskFull(name, error)
    if (code === 'EACCES' || code === 'EROFS') {
      throw new EngineError('storage_failed', 'The models folder cannot be written to.', { cause: error })
    }
    throw error
  }
}

/** Writes the body to the part file and onto the disk. Resolves to its size. */
async function receive(req: IncomingMessage, part: string, room: number, signal: AbortSignal): Promise<number> {
  let size = 0
  const idle = setTimeout(() => req.destroy(), IDLE_MS)
  async function* checked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let start = ''
    for await (const chunk of source) {
      idle.refresh()
      if (start.length < GGUF_MAGIC.length) {
        start += chunk.toString('latin1', 0, GGUF_MAGIC.length - start.length)
        if (!GGUF_MAGIC.startsWith(start)) throw notGguf()
      }
      size += chunk.length
      if (size > room) throw diskFull('the file')
      yield chunk
    }
    if (start.length < GGUF_MAGIC.length) throw notGguf()
  }
  // A part file that a crash left behind is written over.
  const file = await open(part, 'w')
  try {
    // A refused body is left to be drained, so that its sender gets to read why.
    await file.writeFile(checked(req.iterator({ destroyOnReturn: false })), { signal })
    await file.sync()
    return size
  } finally {
    clearTimeout(idle)
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize - RESERVE
}

function taken(name: string): EngineError {
  return new EngineError('conflict', `There is already a model file named ${name}.`, { param: 'name' })
}

function diskFull(name: string, cause?: unknown): EngineError {
  return new EngineError('disk_full', `There is not enough free space on the disk for ${name}.`, { cause })
}

function notGguf(): EngineError {
  return new EngineError('invalid_request', 'This is not a GGUF file: it does not begin with "GGUF".')
}
