import type { CatalogModel } from '#shared/models.ts'
import { PLACES } from '#shared/place.ts'

/**
 * Models that can answer now, best first: this machine before the network before the internet, a person's own before the
 * demo, loaded ones first, then the larger.
 */
export function rankForFirstChat(catalog: readonly CatalogModel[]): CatalogModel[] {
  return catalog
    .filter((model) => model.state === 'ready' && model.capabilities.includes('chat'))
    .toSorted(
      (a, b) =>
        PLACES.indexOf(a.place) - PLACES.indexOf(b.place) ||
        Number(a.isDemo) - Number(b.isDemo) ||
        Number(a.preset != null) - Number(b.preset != null) ||
        Number(b.loaded) - Number(a.loaded) ||
        (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0) ||
        a.name.localeCompare(b.name),
    )
}
