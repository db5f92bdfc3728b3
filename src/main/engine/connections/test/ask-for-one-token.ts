import { toEngineError } from '../../spec/engine-error.ts'
import type { ProviderAdapter, UpstreamModel } from '../../spec/provider-adapter.ts'
import { failedStep, type StepOutcome } from './step-outcome.ts'

/** Some reasoning models refuse so small a limit; that they do so proves that they run. */
const REFUSES_ONE = /max_(completion_|output_)?tokens|output limit/i

/** Asks one chat model for one token, and stops listening at the first. */
export async function askForOneToken(
  adapter: ProviderAdapter,
  models: readonly UpstreamModel[],
  requestId: string,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const chatting = models.filter(({ capabilities, state }) => capabilities.includes('chat') && state === 'ready')
  // One that is loaded answers at once, and pushes no other out of memory.
  const model = chatting.find(({ loaded }) => loaded) ?? chatting[0]
  if (model === undefined) {
    return { state: 'skipped', detail: models.length === 0 ? 'There is no model to ask.' : 'None of its models chats.' }
  }
  const left = new AbortController()
  try {
    const parts = adapter.chat({
      request: {
        model: model.upstreamModel,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        sampling: { maxTokens: 1 },
      },
      upstreamModel: model.upstreamModel,
      requestId,
      signal: AbortSignal.any([signal, left.signal]),
    })
    for await (const part of parts) {
      if (part.type === 'error') return failedStep(part.error, named(model, part.error.upstream?.bodyExcerpt))
      const text = part.type === 'text-delta' || part.type === 'reasoning-delta' ? part.text : ''
      if (text !== '') return { state: 'ok', detail: `${model.upstreamModel}: ${JSON.stringify(text)}` }
    }
    return { state: 'ok', detail: `${model.upstreamModel} answered without a visible token.` }
  } catch (thrown) {
    const error = toEngineError(thrown)
    const reason = error.upstream?.bodyExcerpt ?? error.detail
    if (error.status === 400 && REFUSES_ONE.test(`${error.message} ${reason ?? ''}`)) {
      return { state: 'ok', detail: `${model.upstreamModel} answers, but not with a single token.` }
    }
    return failedStep(error, named(model, reason))
  } finally {
    left.abort()
  }
}

function named(model: UpstreamModel, reason: string | undefined): { detail: string } {
  return { detail: reason === undefined ? model.upstreamModel : `${model.upstreamModel}: ${reason}` }
}
