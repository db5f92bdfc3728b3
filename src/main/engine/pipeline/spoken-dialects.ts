import type { PassThroughEndpoint, ProviderAdapter } from '../spec/provider-adapter.ts'

/** Which dialects' chats an adapter takes as they are. It never changes: another configuration makes another adapter. */
export class SpokenDialects {
  readonly #known = new WeakMap<ProviderAdapter, Map<PassThroughEndpoint, boolean>>()

  has(adapter: ProviderAdapter, endpoint: PassThroughEndpoint, model: string): boolean {
    if (adapter.passThrough === undefined) return false
    let known = this.#known.get(adapter)
    if (known === undefined) {
      known = new Map()
      this.#known.set(adapter, known)
    }
    let speaks = known.get(endpoint)
    if (speaks === undefined) {
      // A body with nothing but its model is enough to ask.
      speaks = adapter.passThrough(endpoint, { model }, model) !== null
      known.set(endpoint, speaks)
    }
    return speaks
  }
}
