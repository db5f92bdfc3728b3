import type { CatalogModel, LoadOptions } from '#shared/models.ts'
import type { RuntimeHints } from '../../engine/spec/chat-request.ts'
import type { RouteOptions } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { withoutUndefined } from '../../engine/wire/without-undefined.ts'
import { findBase } from '../caller-models.ts'
import type { Exchange } from '../exchange.ts'
import { type Holder, holders } from '../open-webui/connection-family.ts'
import { requireAdmin } from '../require.ts'
import { upstreamOf } from './upstream-of.ts'

/** The base model that answers for that name. Throws `model_not_found`, also if the caller may not use it. */
export function findModel(exchange: Exchange, name: string): CatalogModel {
  const model = findBase(exchange, name)
  if (model === null) throw new EngineError('model_not_found', `model '${name}' not found`, { param: 'model' })
  return model
}

/** As `findModel`; one that nobody is known to have is looked for once more, as for an answer. */
export async function findModelAfterLook(exchange: Exchange, name: string): Promise<CatalogModel> {
  const { catalog, resolver } = exchange.gateway.engine
  const { baseModelId } = resolver.follow(name)
  if (baseModelId !== null) await catalog.findAfterLook(baseModelId)
  return findModel(exchange, name)
}

/** The id under which the in-process runtime holds a model; null if it does not. */
export function runtimeId(model: CatalogModel): string | null {
  return model.holders.find((holder) => holder.provider === 'llama')?.upstreamModel ?? null
}

/**
 * What Ollama does with a request that has no prompt: `keep_alive` 0 unloads the model, anything else loads it.
 * It is unloaded wherever it is, and loaded in this process or on the first Ollama server that has it. A model that
 * only others hold has nothing to load. Unloading takes it from everybody, and is for administrators.
 */
export async function loadOrUnload(
  exchange: Exchange,
  model: CatalogModel,
  hints: RuntimeHints,
  signal: AbortSignal,
  { connectionId, excluding }: RouteOptions = {},
): Promise<'load' | 'unload'> {
  const { engine } = exchange.gateway
  const meant = (id: string): boolean => (connectionId ?? id) === id && excluding?.has(id) !== true
  const own = model.holders.find((holder) => holder.provider === 'llama' && meant(holder.connectionId))
  const servers = holders(engine, 'ollama', model.id).filter(({ connection }) => meant(connection.id))
  if (hints.keepAliveSeconds === 0) {
    requireAdmin(exchange)
    if (own !== undefined) await engine.runtime.unload(own.upstreamModel)
    await Promise.all(servers.map((server) => engine.ollamaServers.unload(server.connection.id, server.upstreamModel)))
    return 'unload'
  }
  if (own !== undefined) await engine.runtime.load(own.upstreamModel, loadOptions(hints), signal)
  else if (servers[0] !== undefined) await loadOn(servers[0], hints, signal)
  return 'load'
}

/** Loads a model on an Ollama server, which answers once it is loaded. */
async function loadOn({ connection, upstreamModel }: Holder, hints: RuntimeHints, signal: AbortSignal): Promise<void> {
  const options = withoutUndefined({
    ...hints.options,
    num_ctx: hints.contextSize,
    num_gpu: hints.gpuLayers,
    num_thread: hints.threads,
    num_batch: hints.batchSize,
    use_mmap: hints.mmap,
    use_mlock: hints.mlock,
  })
  const body = {
    model: upstreamModel,
    stream: false,
    ...(hints.keepAliveSeconds === undefined ? {} : { keep_alive: hints.keepAliveSeconds }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  }
  await upstreamOf(connection).json({ method: 'POST', path: '/api/generate', body: JSON.stringify(body), signal })
}

function loadOptions(hints: RuntimeHints): LoadOptions {
  return withoutUndefined({
    contextSize: hints.contextSize,
    gpuLayers: hints.gpuLayers,
    threads: hints.threads,
    batchSize: hints.batchSize,
    mmap: hints.mmap,
    mlock: hints.mlock,
    keepAliveSeconds: hints.keepAliveSeconds,
  })
}
