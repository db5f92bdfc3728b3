import type {
  ConnectionConfig,
  ConnectionHealth,
  ConnectionInput,
  ConnectionState,
  ConnectionTestStep,
  ConnectionView,
} from '#shared/connections.ts'
import type { Place, ProviderKind } from '#shared/place.ts'
import type { ProviderAdapter } from './provider-adapter.ts'

/** One configured way in, ready for use. A changed configuration makes a new object with the same id. */
export interface Connection {
  /** Stable; never a list position. */
  readonly id: string
  /** Name to show. */
  readonly name: string
  readonly provider: ProviderKind
  readonly place: Place
  readonly adapter: ProviderAdapter
  /** Null for the built-in connection. */
  readonly config: Readonly<ConnectionConfig> | null
  /** At least 1. */
  readonly keyCount: number
  /** Another text: it may list other models than before, so what is known of them counts no more. */
  readonly listKey: string
}

/** The enabled connections in list order, for whoever routes and lists. */
export interface ConnectionSet {
  /** In list order; disabled ones are left out. The array is replaced, never changed. */
  all(): readonly Connection[]
  find(id: string): Connection | null
  /** Called after any change: created, edited, keys, order, place, removed. `changed` names the ids concerned. */
  onChange(listener: (changed: readonly string[]) => void): () => void
}

/** What Open WebUI's two families of connections are: `ollama`, and everything else but the built-in one. */
export type ConnectionFamily = 'ollama' | 'openai'

/** Connections as a person and the compatible configuration routes see and change them. Errors: invalid_request, not_found, conflict, storage_failed. */
export interface Connections {
  /** All, also disabled ones, in list order; the built-in connection first. */
  list(): ConnectionView[]
  get(id: string): ConnectionView | null
  create(input: ConnectionInput): Promise<ConnectionView>
  /** Replaces its configuration. Keys that are not kept are destroyed. `conflict` if it is not at revision `base` any more. */
  update(id: string, input: ConnectionInput, base?: string): Promise<ConnectionView>
  setEnabled(id: string, enabled: boolean): Promise<ConnectionView>
  remove(id: string): Promise<void>
  /** New order: ids of all connections but the built-in one. */
  reorder(ids: string[]): Promise<void>
  /** Asks now; resolves with what came of it. Never throws for an upstream's failure. */
  refresh(id: string): Promise<ConnectionView>
  /**
   * Tries a configuration, saved or not, step by step: later steps are `skipped` after a failure. `keys` with `keep` need `id`.
   */
  test(input: ConnectionInput, id: string | null, signal: AbortSignal): AsyncIterable<ConnectionTestStep>
  /**
   * A connection that is in no list, for a question or two (Open WebUI's `/verify`). Masked keys and headers stand for
   * those of `id`. Whoever asked for it closes its adapter's upstream.
   */
  unsaved?(input: ConnectionInput, id: string | null): Promise<Connection>
  /** The ids of one family in list order, disabled ones included: position in it is `url_idx`. */
  family(family: ConnectionFamily): string[]
  /** Open WebUI's `ENABLE_OLLAMA_API` and `ENABLE_OPENAI_API`. */
  familyEnabled(family: ConnectionFamily): boolean
  setFamilyEnabled(family: ConnectionFamily, enabled: boolean): Promise<void>
  /**
   * Makes the family's list be exactly these, in this order (Open WebUI's `/config/update`): entries with an id keep it,
   * others are created, missing ones removed. All or nothing.
   */
  replaceFamily(family: ConnectionFamily, entries: { id: string | null; input: ConnectionInput }[]): Promise<void>
}

/** Live health of every connection; fed by the catalog's looks and by requests. */
export interface HealthBoard {
  get(id: string): ConnectionHealth
  /** Of `get`, without making its object: for the hot path. */
  state(id: string): ConnectionState
  /** Requests under way. */
  inFlight(id: string): number
  /** It does not answer, or refuses every key. */
  isDown(id: string): boolean
  /** A look went well. */
  succeeded(id: string, facts: { latencyMs: number; modelCount: number; version?: string | null }): void
  /** A look or a request failed. */
  failed(id: string, error: Error, source: 'look' | 'request'): void
  /** A look that showed no caller's proof was refused for it: the server answers, and nothing else is known. */
  unproven(id: string, error: Error): void
  /** A request got its first content. */
  answered(id: string): void
  began(id: string): void
  ended(id: string): void
  planned(id: string, nextCheckAt: number | null): void
  forget(id: string): void
  onChange(listener: (id: string) => void): () => void
}
