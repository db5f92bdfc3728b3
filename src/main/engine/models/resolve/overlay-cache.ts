import type { ModelDefaults, Preset } from '#shared/presets.ts'
import type { PassThroughEndpoint } from '../../spec/provider-adapter.ts'
import { type BodyOverlay, bodyOverlay } from './lay-over-body.ts'
import { layerParams } from './layer-params.ts'

interface Known {
  chain: readonly Preset[]
  defaults: ModelDefaults
  overlays: Map<PassThroughEndpoint, BodyOverlay | null>
}

/**
 * The overlays of chains of records. Records and defaults are replaced, never changed, so what was made of the same
 * objects still holds; what is made of replaced ones goes with them.
 */
export class OverlayCache {
  readonly #known = new WeakMap<object, Known>()

  /** As `bodyOverlay`. */
  get(endpoint: PassThroughEndpoint, chain: readonly Preset[], defaults: ModelDefaults): BodyOverlay | null {
    const key = chain[0] ?? defaults
    let known = this.#known.get(key)
    if (known === undefined || known.defaults !== defaults || !isSame(known.chain, chain)) {
      known = { chain, defaults, overlays: new Map() }
      this.#known.set(key, known)
    }
    let overlay = known.overlays.get(endpoint)
    if (overlay === undefined) {
      overlay = bodyOverlay(endpoint, layerParams(chain, defaults))
      known.overlays.set(endpoint, overlay)
    }
    return overlay
  }
}

function isSame(one: readonly Preset[], other: readonly Preset[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false
  return true
}
