import type { ConnectionConfig } from '#shared/connections.ts'
import { allowing, isSameName } from '#shared/model-name.ts'
import type { ProviderAdapter, UpstreamModel } from '../../spec/provider-adapter.ts'
import { failedStep, type StepOutcome } from './step-outcome.ts'

const SHOWN = 5

/** What the server has, and what of it the connection offers. */
export async function listModels(
  adapter: ProviderAdapter,
  config: ConnectionConfig,
  signal: AbortSignal,
): Promise<{ models: UpstreamModel[]; outcome: StepOutcome }> {
  let all: UpstreamModel[]
  try {
    all = await adapter.listModels(signal)
  } catch (thrown) {
    return { models: [], outcome: failedStep(thrown) }
  }
  const isOffered = allowing(config.modelIds)
  const models = all.filter(({ upstreamModel }) => isOffered(upstreamModel))
  const missing = config.modelIds.filter((id) => !all.some(({ upstreamModel }) => isSameName(upstreamModel, id)))
  const detail = `${count(models.length)}${models.length < all.length ? ` of ${all.length}` : ''}${first(models)}`
  return { models, outcome: { state: 'ok', detail, advice: adviceFor(all, missing, config) } }
}

function adviceFor(all: readonly UpstreamModel[], missing: readonly string[], config: ConnectionConfig): string | null {
  if (missing.length > 0) return `The server does not have ${missing.slice(0, SHOWN).join(', ')}. Check the spelling.`
  if (all.length > 0) return null
  return config.provider === 'ollama' ? 'The server has no model yet. Pull one.' : 'The server offers no model.'
}

function count(models: number): string {
  return models === 1 ? '1 model' : `${models} models`
}

function first(models: readonly UpstreamModel[]): string {
  if (models.length === 0) return ''
  const names = models.slice(0, SHOWN).map(({ upstreamModel }) => upstreamModel)
  return `: ${names.join(', ')}${models.length > SHOWN ? ' …' : ''}`
}
