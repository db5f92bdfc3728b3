import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useMissingBases } from '../../bridge/preset-queries.ts'
import { Button } from '../../components/button.tsx'
import { ModelPicker } from '../../components/model-picker/model-picker.tsx'
import { useChatModels, useUnknownModels } from '../chat/use-chat-models.ts'
import { usePresetActionStore, usePresetActions } from './use-preset-actions.ts'

/** Bases that are gone: how many models lost each, and another to be chosen for all of them at once. */
export function MissingBases() {
  const missing = useMissingBases().data ?? []
  return missing.map((one) => <MissingBase key={one.baseModelId} {...one} />)
}

function MissingBase({ baseModelId, presetIds }: { baseModelId: string; presetIds: readonly string[] }) {
  const { t } = useTranslation('presets')
  const models = useChatModels()
  const unknown = useUnknownModels()
  const busy = usePresetActionStore((store) => store.busy)
  const actions = usePresetActions()
  const [chosen, setChosen] = useState<CatalogModel | null>(null)
  // None of those that lost it can stand in for it.
  const choices = models.filter((model) => !presetIds.includes(model.id))
  return (
    <section className="lost" aria-label={t('missing.lost', { count: presetIds.length, base: baseModelId })}>
      <p className="row">
        <TriangleAlert className="warn" size={16} strokeWidth={1.75} aria-hidden="true" />
        <span>
          {t('missing.lost', { count: presetIds.length, base: baseModelId })} {t('missing.choose')}
        </span>
      </p>
      <ModelPicker models={choices} unknown={unknown} model={chosen} onChange={setChosen} />
      <Button
        disabled={busy || chosen === null}
        onClick={() => {
          if (chosen !== null) void actions.rebind(baseModelId, chosen.id)
        }}
      >
        {t('missing.apply', { count: presetIds.length })}
      </Button>
    </section>
  )
}
