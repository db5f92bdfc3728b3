import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { modelSources } from '../../engine/wire/modelfile/model-sources.ts'
import { parseModelfile } from '../../engine/wire/modelfile/parse-modelfile.ts'
import { renameBase } from '../../engine/wire/modelfile/rename-base.ts'
import { type CreateRequest, modelfileOf, readCreate } from '../../engine/wire/open-webui/create-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import type { Holder } from '../open-webui/connection-family.ts'
import { bareName, holders } from '../open-webui/connection-family.ts'
import { forClient } from '../run-answer.ts'
import { refuseForeign, serverAt, serverFor } from './choose-server.ts'
import { followJob } from './follow-job.ts'
import { passAnswer } from './pass-answer.ts'
import { requireReachable } from './require-reachable.ts'

/** POST /api/create at the root: where the base model is, or where the uploaded blobs went. */
export async function create(exchange: Exchange): Promise<void> {
  return createModel(exchange, readCreate(await readJsonBody(exchange)), null, false)
}

/**
 * Creates a model from Ollama's own fields or from the text of a Modelfile. It is a job, so that it goes on without the
 * client; a request with fields that a Modelfile cannot say is sent on as it is.
 */
export async function createModel(
  exchange: Exchange,
  request: CreateRequest,
  index: number | null,
  alwaysStream: boolean,
): Promise<void> {
  exchange.model = request.model
  const { engine } = exchange.gateway
  const base = baseOf(request)
  if (isOfNothing(request))
    throw new EngineError('invalid_request', "neither 'from' or 'files' was specified", { param: 'from' })
  const server = await choose(exchange, base, request, index)
  const model = bareName(server.connection, request.model)
  const from = request.from === null ? null : baseAt(engine, server, request.from)
  const modelfile = modelfileOf({ ...request, from, modelfile: textFor(engine, server, base, request.modelfile) })
  const stream = alwaysStream || request.stream
  if (modelfile === null) {
    if (request.modelfile !== null) {
      throw new EngineError('invalid_request', 'modelfile cannot be combined with other fields', { param: 'modelfile' })
    }
    return sendOn(exchange, server, { ...request.body, model, ...(from === null ? {} : { from }), stream })
  }
  return followJob(exchange, stream, async (signal) => {
    await requireReachable(exchange, server.connection, { kind: 'create', model }, signal)
    return engine.jobs.create({
      connectionId: server.connection.id,
      model,
      modelfile,
      files: request.files,
      ...(request.quantize === null ? {} : { quantize: request.quantize }),
    })
  })
}

/** Ollama refuses it in these words, on which its clients match; a Modelfile says itself what it lacks. */
function isOfNothing({ from, modelfile, body }: CreateRequest): boolean {
  return from === null && modelfile === null && Object.keys(body.files ?? {}).length === 0
}

/**
 * Uploaded blobs are on the first server alone, which gets a base that it lacks by itself. Throws `unsupported` for a base
 * that is on no Ollama connection, unless the caller names the server.
 */
async function choose(
  exchange: Exchange,
  base: string | null,
  { files }: CreateRequest,
  index: number | null,
): Promise<Holder> {
  const { engine } = exchange.gateway
  if (base !== null && index === null) await refuseForeign(exchange, base)
  const hasBlobs = Object.keys(files).length > 0
  return base === null || hasBlobs ? serverAt(engine, '', index) : serverFor(engine, base, index)
}

/** The model that it is made from, by its field or by the text of the Modelfile; null for one made from files alone. */
function baseOf({ from, modelfile, files }: CreateRequest): string | null {
  return modelfile === null ? from : (from ?? modelSources(parseModelfile(modelfile), files).from)
}

/** The text of the Modelfile for a server. */
function textFor(engine: Engine, server: Holder, base: string | null, modelfile: string | null): string | null {
  if (modelfile === null || base === null) return modelfile
  return renameBase(modelfile, base, baseAt(engine, server, base))
}

/** A base's name at a server: its own there, else what another Ollama server calls it, by which this one can get it too. */
function baseAt(engine: Engine, { connection }: Holder, base: string): string {
  const all = holders(engine, 'ollama', base)
  const holder = all.find((each) => each.connection.id === connection.id) ?? all[0]
  return holder?.upstreamModel ?? bareName(connection, base)
}

function sendOn(exchange: Exchange, { connection }: Holder, body: object): Promise<void> {
  const { engine } = exchange.gateway
  return forClient(exchange, async (signal) => {
    const request = { method: 'POST' as const, path: '/api/create', body: JSON.stringify(body), signal }
    await passAnswer(exchange, connection, request)
    await engine.catalog.refresh(connection.id)
  })
}
