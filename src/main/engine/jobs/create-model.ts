import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../spec/engine-error.ts'
import { CREATING } from '../spec/jobs.ts'
import { createRequest } from '../wire/modelfile/create-request.ts'
import { fileName, modelSources, type WeightSource } from '../wire/modelfile/model-sources.ts'
import { parseModelfile } from '../wire/modelfile/parse-modelfile.ts'
import { FinalFailure } from './failures.ts'
import { followProgress } from './follow-progress.ts'
import type { InputOf } from './job-input.ts'
import { type JobRun, persevere, QUIET_PATIENCE_MS } from './persevere.ts'
import { hasBlob, sendBlob } from './send-blob.ts'

/** Makes a model from a Modelfile: files that it names are sent first. */
export async function createModel(run: JobRun, input: InputOf<'create'>): Promise<void> {
  const modelfile = parseModelfile(input.modelfile)
  const { from, weights, adapters } = modelSources(modelfile, input.files)
  const files = await blobs(run, weights)
  const sources = { from, files, adapters: await blobs(run, adapters) }
  await create(run, createRequest(input.model, modelfile, sources, input.quantize ?? undefined))
}

/** Makes a model from one GGUF file on this machine. */
export async function uploadModel(run: JobRun, input: InputOf<'upload'>): Promise<void> {
  const digest = await sendBlob(run, input.path)
  await create(run, { model: input.model, stream: true, files: { [input.fileName ?? fileName(input.path)]: digest } })
}

function create(run: JobRun, body: object): Promise<void> {
  return persevere(run, async (attempt) => {
    attempt.phase(CREATING, QUIET_PATIENCE_MS)
    await followProgress(attempt, '/api/create', body)
  })
}

/** The blobs of these sources on the server, by file name. */
async function blobs(run: JobRun, sources: readonly WeightSource[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const source of sources) {
    const name = source.kind === 'file' ? fileName(source.path) : source.name
    const free = Object.hasOwn(found, name) ? `${Object.keys(found).length + 1}-${name}` : name
    found[free] = await digestOnServer(run, source)
  }
  return found
}

async function digestOnServer(run: JobRun, source: WeightSource): Promise<string> {
  if (source.kind === 'digest') return source.digest
  if (source.kind === 'file') return sendBlob(run, withHome(source.path))
  await persevere(run, async (attempt) => {
    if (await hasBlob(attempt, source.digest)) return
    const message = `${attempt.upstream.title} has no file ${source.digest}. The path in FROM is one of another server.`
    throw new FinalFailure(new EngineError('not_found', message, { param: 'modelfile' }))
  })
  return source.digest
}

function withHome(path: string): string {
  return /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path
}
