import type { Grant } from '#shared/access.ts'
import type { CatalogModel } from '#shared/models.ts'
import type {
  EffectiveRequest,
  IncomingPreset,
  ModelDefaults,
  ParameterChange,
  ParameterInfo,
  Preset,
  PresetInput,
  PresetPage,
  PresetQuery,
  PresetReconcile,
  PresetRow,
  PresetVersion,
  Template,
  TemplateInput,
} from '#shared/presets.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { Principal } from './principal.ts'
import type { LaidOver, PassThroughEndpoint } from './provider-adapter.ts'

/** A model id followed to the base model that runs it. */
export interface ResolvedModel {
  /** The id that was asked for. */
  id: string
  name: string
  /** What the catalog is asked for; the fallback model's id where that stands in. */
  baseModelId: string
  usesFallback: boolean
  /** Records from the asked one down; an override of the base model comes last. Empty: the plain base model. */
  chain: readonly Preset[]
  /** True if some record or the global defaults change a request: it cannot be passed on unread. */
  changesRequests: boolean
  /**
   * `stream_response` of the chain or the global defaults; absent where nothing says. Streams of the engine are streams
   * either way: a gateway whose dialect lets the model decide (Open WebUI's) reads it.
   */
  streamResponse?: boolean
}

/** Where the way from an id ends, whatever becomes of it: for access rules, lists and repairs. */
export interface FollowedModel {
  /** `unknown`: nothing has this id. `ready` does not say that a holder answers right now. */
  state: 'ready' | 'missing-base' | 'cycle' | 'inactive' | 'unknown'
  /** As in `ResolvedModel`, as far as the way went. */
  chain: readonly Preset[]
  /** The id at the end of the way, there or not; null in a cycle. */
  baseModelId: string | null
  /** Null unless `ready`. */
  base: CatalogModel | null
  usesFallback: boolean
}

/** Filling in `{{USER_NAME}}` and the like; see src/main/engine/wire/parameters/fill-prompt.ts. */
export interface PromptContext {
  principal: Principal
  /** Values that a client sent along (`variables` of Open WebUI's clients), by literal key with braces. */
  variables?: Readonly<Record<string, string>>
  /** `{{chat.variables.<key>}}`. */
  chatVariables?: Readonly<Record<string, unknown>>
  /** IANA time zone of the caller; default: this machine's. */
  timeZone?: string
  language?: string
}

/** A chat as its client wrote it. */
export interface DialectBody {
  endpoint: PassThroughEndpoint
  body: Readonly<Record<string, unknown>>
  /** The same, as bytes. */
  raw: Buffer
}

/** What a model's records made of a client's body. */
export interface LaidDialectBody {
  body: Readonly<Record<string, unknown>>
  laid: LaidOver
}

/** Follows ids and applies records to requests. In-memory and synchronous: every request passes here. */
export interface ModelResolver {
  /**
   * Follows an id (`x` and `x:latest` are one) through presets and overrides. Null if nothing has this id.
   * Throws `model_not_found` whose words name the missing base (or the cycle) if the way ends nowhere, `model_not_found`
   * as for an unknown id if a record on the way is switched off.
   */
  resolve(id: string): ResolvedModel | null
  /** As `resolve`, as if this record were saved in the place of the one with its id. */
  resolveDraft(draft: Preset): ResolvedModel | null
  /** As `resolve`, with the outcome told instead of thrown. */
  follow(id: string): FollowedModel
  /** The request with parameters, system prompt and body rules of the chain and the global defaults applied. */
  apply(resolved: ResolvedModel, request: ChatRequest, context: PromptContext): ChatRequest
  /**
   * The same for a chat's body in its own dialect, for an upstream that speaks it: only what the records say is changed.
   * Null if that cannot be said there; throws as `apply`.
   */
  applyToBody(resolved: ResolvedModel, body: DialectBody, context: PromptContext): LaidDialectBody | null
  applyToCompletion(resolved: ResolvedModel, request: CompletionRequest): CompletionRequest
  /** Only what concerns loading: context length, GPU layers, threads, batch, memory, keep-alive. */
  applyToEmbedding(resolved: ResolvedModel, request: EmbeddingRequest): EmbeddingRequest
  /**
   * What a request to this model would become, value by value. `chatParams` are those of the conversation; `draft` is
   * taken as if it were saved in the place of the record with its id. What records decide that `hides` names is left out.
   */
  effective(
    id: string,
    given: {
      chatParams?: Record<string, unknown>
      userParams?: Record<string, unknown>
      userSystem?: string
      draft?: Preset
      hides?: (record: Preset) => boolean
    },
    context: PromptContext,
  ): EffectiveRequest
  /** The presets (active or not) whose base is not in the catalog, and of which base. */
  missingBases(): { baseModelId: string; presetIds: string[] }[]
}

/** A model as lists show it: a base model with its override, or a preset over one. */
export interface ListedModel {
  id: string
  name: string
  /** The base model at the end of the chain. */
  base: CatalogModel
  /** The record of this id; null for a plain base model. */
  record: Preset | null
  isPreset: boolean
}

/** Person-made models: records, their history, templates and defaults. Every change is checked, saved, then told. */
export interface Presets {
  /** Of any kind, active or not; null if there is none. No access check. */
  find(id: string): Preset | null
  /** One record as lists show it to the person. Throws `not_found`, also for what they may not see. */
  row(id: string, principal: Principal): PresetRow
  /** One page (30) of what the person may see. */
  list(query: PresetQuery, principal: Principal): PresetPage
  /** Tags of the records that the person may see, sorted. */
  tags(principal: Principal, kind?: PresetQuery['kind']): string[]
  /** Throws `conflict` (id taken), `invalid_request` with `param` naming the field, `forbidden`. */
  create(input: PresetInput, principal: Principal): Preset
  /** Absent `baseModelId` semantics and the like are the caller's: this replaces. Throws `not_found`, `forbidden`. */
  update(id: string, input: PresetInput, principal: Principal): Preset
  setActive(id: string, isActive: boolean, principal: Principal): Preset
  /** Creates the override of a base model that has no record yet, for administrators. */
  setGrants(id: string, grants: Grant[], principal: Principal, name?: string): Preset
  remove(id: string, principal: Principal): void
  removeAll(principal: Principal): number
  /** Upsert by id; metadata merged, parameters replaced; what the person may not write is refused by id. */
  importRecords(records: readonly IncomingPreset[], principal: Principal): PresetReconcile
  /** Exact reconcile: afterwards the records are these and no others. One transaction. */
  sync(records: readonly IncomingPreset[], principal: Principal): PresetReconcile
  /** Administrators: all presets; others: those they may write. */
  export(principal: Principal): Preset[]
  /** Changes the base of many at once; returns how many. */
  rebind(from: string, to: string, principal: Principal): number
  history(id: string, principal: Principal): PresetVersion[]
  /** Saves an old version anew. */
  revert(id: string, version: number, principal: Principal): Preset
  /** Parameters with ranges fit to the provider that runs this base model. */
  parameters(baseModelId: string | null): ParameterInfo[]
  templates(principal: Principal): Template[]
  saveTemplate(id: string | null, input: TemplateInput, principal: Principal): Template
  removeTemplate(id: string, principal: Principal): void
  /** What a template would change in a set of parameters. */
  previewTemplate(id: string, params: Record<string, unknown>, principal: Principal): ParameterChange[]
  defaults(): ModelDefaults
  setDefaults(defaults: ModelDefaults, principal: Principal): ModelDefaults
  /** Models that the person may use, in the configured order: base models, then presets; hidden and inactive ones left out. */
  listed(principal: Principal): ListedModel[]
  /** As `listed`, without access rules; for administration. */
  all(): ListedModel[]
  onChange(listener: () => void): () => void
}
