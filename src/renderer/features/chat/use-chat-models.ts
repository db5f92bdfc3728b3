import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { findByName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import { useCatalog, useSettings } from '../../bridge/queries.ts'

const PLACE_ORDER = { here: 0, near: 1, away: 2 } as const

/** Models that can chat: by place, loaded ones first, then by name. */
export function useChatModels(): readonly CatalogModel[] {
  const { data } = useCatalog()
  return useMemo(() => chatModels(data ?? []), [data])
}

/** What to say where the models are listed while nobody knows them; undefined once they are known. */
export function useUnknownModels(): string | undefined {
  const { t } = useTranslation(['chat', 'app'])
  const { data, error } = useCatalog()
  if (data !== undefined) return undefined
  return error === null ? t('app:loading') : t('chat:picker.failed')
}

export function chatModels(catalog: readonly CatalogModel[]): CatalogModel[] {
  return catalog
    .filter((model) => model.capabilities.includes('chat'))
    .toSorted(
      (a, b) =>
        PLACE_ORDER[a.place] - PLACE_ORDER[b.place] ||
        Number(b.state === 'ready') - Number(a.state === 'ready') ||
        Number(b.loaded) - Number(a.loaded) ||
        Number(a.isDemo) - Number(b.isDemo) ||
        a.name.localeCompare(b.name),
    )
}

/** The name that is wanted where the known models have it no more; null where they have it, or are not known. */
export function useGoneModel(wanted: string | null): string | null {
  const models = useChatModels()
  const known = useCatalog().data !== undefined
  return known && wanted !== null && findByName(models, wanted) === undefined ? wanted : null
}

/** True for a model that takes pictures. */
export function sees(model: CatalogModel): boolean {
  return model.capabilities.includes('vision')
}

/** The model a chat starts with: its own, the one from the settings, or the best one that is ready. */
export function useStartModel(wanted: string | null): CatalogModel | null {
  const models = useChatModels()
  const { data: settings } = useSettings()
  const fallback = settings?.values.defaultModelId ?? null
  return useMemo(() => pickModel(models, wanted, fallback), [models, wanted, fallback])
}

export function pickModel(
  models: readonly CatalogModel[],
  wanted: string | null,
  fallback: string | null,
): CatalogModel | null {
  const own = findByName(models, wanted)
  if (own !== undefined) return own
  const set = findByName(models, fallback)
  if (set?.state === 'ready') return set
  return models.find((model) => model.state === 'ready') ?? models[0] ?? null
}
