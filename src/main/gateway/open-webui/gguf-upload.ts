import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Exchange } from '../exchange.ts'
import { memberOrFirst } from './connection-family.ts'
import { ggufNameOf, modelNameOf, removeOldParts, saveGguf } from './gguf-file.ts'
import { formFile } from './multipart-file.ts'
import { createFromFile, withProgress } from './progress-stream.ts'
import { asForm } from './read-form.ts'

/**
 * POST /ollama/models/upload[/{i}]: a form with a GGUF file. Once it is here, a job brings it to the server and creates
 * the model, and goes on when the client leaves.
 */
export function uploadGguf(exchange: Exchange, index: number | null): Promise<void> {
  const { req, res, gateway } = exchange
  const { connection } = memberOrFirst(gateway.engine, 'ollama', index)
  return withProgress(exchange, async (stream, signal) => {
    if (exchange.expectsContinue) res.writeContinue()
    // A refused body is left to be drained, so that its sender gets to read why.
    const body = req.iterator({ destroyOnReturn: false })
    const form = await asForm(() => formFile(req.headers['content-type'], body))
    const name = modelNameOf(form.name)
    const fileName = ggufNameOf(form.name)
    const folder = join(gateway.engine.dataFolder, 'uploads')
    await removeOldParts(folder)
    const path = join(folder, `${randomUUID()}.gguf`)
    const digest = await saveGguf(path, form.content, signal)
    // What follows the file in the form is of no interest.
    req.resume()
    await createFromFile(exchange, { connectionId: connection.id, name, path, fileName, digest }, stream, signal)
  })
}
