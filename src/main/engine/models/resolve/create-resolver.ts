import type { ModelDefaults, Preset } from '#shared/presets.ts'
import type { Clock } from '../../spec/clock.ts'
import type { Catalog } from '../../spec/engine.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { FollowedModel, ModelResolver, ResolvedModel } from '../../spec/presets.ts'
import type { LaidOver } from '../../spec/provider-adapter.ts'
import { unknownModel } from '../../spec/unknown-model.ts'
import { changedBytes } from '../../wire/changed-bytes.ts'
import { applyToChat, applyToCompletion, applyToEmbedding, type OtherParams } from './apply-params.ts'
import { effectiveRequest } from './effective-request.ts'
import { followModel, type RecordLookup, recordOf } from './follow-model.ts'
import { layOverBody } from './lay-over-body.ts'
import { changesRequests, layerParams } from './layer-params.ts'
import { OverlayCache } from './overlay-cache.ts'
import { ResolvedCache, type Revisions } from './resolved-cache.ts'
import { chainPrompt, hasSystemPrompt, withSystemPrompt } from './system-prompt.ts'

const NOTHING: ReadonlySet<string> = new Set()

export interface ResolverOptions {
  /** The records by id, in memory: every request asks here. */
  records: RecordLookup & { all(): Iterable<Preset> }
  catalog: Pick<Catalog, 'find'>
  defaults: () => ModelDefaults
  clock: Clock
  /** Given, ids are not followed anew for each request but where one of these changed. */
  revisions?: Revisions
}

/** What it says is as new as the records, the catalog and the defaults. */
export function createResolver(options: ResolverOptions): ModelResolver {
  const { records, catalog, defaults, clock } = options
  const follow = (id: string): FollowedModel => followModel(id, options)
  const overlays = new OverlayCache()
  const known = options.revisions === undefined ? null : new ResolvedCache(options.revisions)
  const layersOf = ({ chain }: ResolvedModel) => layerParams(chain, defaults())

  function resolved(id: string, followed: FollowedModel): ResolvedModel | null {
    const { state, chain, base, usesFallback } = followed
    if (state !== 'ready' || base === null) return refused(id, followed)
    const given = defaults().params
    const streamResponse = streamResponseOf(chain, given)
    const model: ResolvedModel = {
      id,
      name: chain[0]?.name || base.name,
      baseModelId: base.id,
      usesFallback,
      chain,
      changesRequests: changesRequests(given) || chain.some(({ params }) => changesRequests(params)),
    }
    return streamResponse === undefined ? model : { ...model, streamResponse }
  }

  const resolveNow = (id: string): ResolvedModel | null => resolved(id, follow(id))

  return {
    follow,
    resolve: (id) => (known === null ? resolveNow(id) : known.get(id, resolveNow)),
    resolveDraft: (draft) =>
      resolved(draft.id, followModel(draft.id, { ...options, records: withDraft(records, draft) })),
    apply(resolved, request, context) {
      if (!resolved.changesRequests) return request
      const changed = applyToChat(layersOf(resolved), request, placesOfOthers(resolved.baseModelId))
      const hasOne = hasSystemPrompt(request.messages)
      const prompt = chainPrompt(resolved.chain, defaults(), hasOne, context, clock)
      return prompt === '' ? changed : { ...changed, messages: withSystemPrompt(request.messages, prompt) }
    },
    applyToBody(resolved, { endpoint, body, raw }, context) {
      if (!resolved.changesRequests) return { body, laid: untouched(body, raw) }
      const overlay = overlays.get(endpoint, resolved.chain, defaults())
      const done =
        overlay === null
          ? null
          : layOverBody(endpoint, body, overlay, (hasOne) =>
              chainPrompt(resolved.chain, defaults(), hasOne, context, clock),
            )
      if (done === null) return null
      const laid: LaidOver = {
        fields: done.laid,
        bytes: (model) => changedBytes(raw, body, done.body, model, done.added),
      }
      return { body: done.body, laid }
    },
    applyToCompletion: (resolved, request) =>
      resolved.changesRequests ? applyToCompletion(layersOf(resolved), request) : request,
    applyToEmbedding: (resolved, request) =>
      resolved.changesRequests ? applyToEmbedding(layersOf(resolved), request) : request,
    effective(id, given, context) {
      // Also of a record that is switched off: its editor shows it.
      const known = given.draft === undefined ? records : withDraft(records, given.draft)
      const followed = followModel(id, { ...options, records: known, inactiveToo: true })
      if (followed.state === 'unknown') throw unknownModel(id)
      return effectiveRequest(followed, given, defaults(), context, clock)
    },
    missingBases() {
      const byBase = new Map<string, string[]>()
      for (const record of records.all()) {
        const { id, baseModelId } = record
        if (baseModelId === null || recordOf(id, options) !== record) continue
        const below = recordOf(baseModelId, options)
        if (catalog.find(baseModelId) !== null || (below !== null && below.baseModelId !== null)) continue
        const ids = byBase.get(baseModelId)
        if (ids === undefined) byBase.set(baseModelId, [id])
        else ids.push(id)
      }
      return [...byBase].map(([baseModelId, presetIds]) => ({ baseModelId, presetIds }))
    },
  }

  /** Ollama takes them as options, everyone else as fields; a model that both hold gets both. */
  function placesOfOthers(baseModelId: string): OtherParams {
    const holders = catalog.find(baseModelId)?.holders ?? []
    const options = holders.some(({ provider }) => provider === 'ollama')
    return { options, extra: !options || holders.some(({ provider }) => provider !== 'ollama') }
  }
}

/** The records as they would be with one of them saved. */
function withDraft(records: RecordLookup, draft: Preset): RecordLookup {
  return { find: (id) => (id === draft.id ? draft : records.find(id)) }
}

function untouched(body: Readonly<Record<string, unknown>>, raw: Buffer): LaidOver {
  return { fields: NOTHING, bytes: (model) => changedBytes(raw, body, body, model) }
}

/** Null for what nothing has; throws for a way that ends nowhere. */
function refused(id: string, { state, chain, baseModelId }: FollowedModel): null {
  const name = chain[0]?.name || id
  // The override of a base model that is gone is not a model.
  if (state === 'unknown' || chain.every((record) => record.baseModelId === null)) return null
  if (state === 'cycle') {
    const message = `The model '${name}' stands on itself: its base models lead back to it. Choose another base model.`
    throw new EngineError('model_not_found', message, { param: 'model' })
  }
  if (state === 'inactive') throw unknownModel(id)
  const message = `The base model '${baseModelId}' of '${name}' is not here. Connect what has it, or choose another base model.`
  throw new EngineError('model_not_found', message, { param: 'model' })
}

function streamResponseOf(chain: readonly Preset[], given: Readonly<Record<string, unknown>>): boolean | undefined {
  for (const { params } of chain) if (typeof params.stream_response === 'boolean') return params.stream_response
  return typeof given.stream_response === 'boolean' ? given.stream_response : undefined
}
