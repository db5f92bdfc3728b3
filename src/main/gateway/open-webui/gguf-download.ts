import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import { memberOrFirst } from './connection-family.ts'
import { downloadFile, openHttps } from './download-file.ts'
import { ggufNameOf, modelNameOf, PART, removeOldParts } from './gguf-file.ts'
import { createFromFile, withProgress } from './progress-stream.ts'
import { readForm } from './read-form.ts'

const bodySchema = z.object({ url: z.string().max(4096) })
const ALLOWED = ['https://huggingface.co/', 'https://github.com/']
/** Between two words about a download's progress, ms. */
const TELL_MS = 250

/** Files that a download is writing to. */
const writing = new Set<string>()

/**
 * POST /ollama/models/download[/{i}]: fetches a GGUF file and makes a model of it. A client that leaves ends the
 * download; what is here already stays, and the same request goes on behind it.
 */
export async function downloadGguf(exchange: Exchange, index: number | null): Promise<void> {
  const { url: given } = await readForm(exchange, bodySchema)
  if (!ALLOWED.some((start) => given.startsWith(start)) || !URL.canParse(given)) {
    throw new EngineError('invalid_request', 'Invalid file_url. Only URLs from allowed hosts are permitted.', {
      param: 'url',
    })
  }
  const { engine } = exchange.gateway
  const { connection } = memberOrFirst(engine, 'ollama', index)
  const url = fileUrl(given)
  const name = modelNameOf(decoded(url.pathname))
  const fileName = ggufNameOf(decoded(url.pathname))
  const id = createHash('sha256').update(url.href).digest('hex').slice(0, 32)
  const folder = join(engine.dataFolder, 'uploads')
  const path = join(folder, `${id}.gguf`)
  return withProgress(exchange, async (stream, signal) => {
    if (writing.has(path)) throw new EngineError('conflict', 'This file is being downloaded already.')
    writing.add(path)
    try {
      let told = 0
      const onProgress = async (completed: number, total: number | null): Promise<void> => {
        if (performance.now() - told < TELL_MS) return
        told = performance.now()
        await stream.progress(completed, total)
      }
      await removeOldParts(folder)
      const digest = await downloadFile({ url, path: path + PART, open: openHttps, onProgress, signal })
      await rename(path + PART, path)
      await createFromFile(exchange, { connectionId: connection.id, name, path, fileName, digest }, stream, signal)
    } catch (error) {
      // What is no model file would be refused again and again.
      if (error instanceof EngineError && error.code === 'invalid_request') await rm(path + PART, { force: true })
      throw error
    } finally {
      writing.delete(path)
    }
  })
}

/** The page of a file on huggingface.co is not the file. */
function fileUrl(given: string): URL {
  const url = new URL(given)
  if (url.hostname === 'huggingface.co') url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/')
  return url
}

/** A path that is encoded wrongly is taken as it stands: the server has to know it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
