import { Combobox } from '@base-ui/react/combobox'
import { ChevronDown, Search } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { PLACES } from '#shared/place.ts'
import { Glyph } from '../../components/glyph.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useChatModels } from './use-chat-models.ts'

interface ModelGroup {
  value: string
  items: CatalogModel[]
}

/** The model for the next message, by place, with search. Models that cannot answer now say why. */
export function ModelPicker({
  model,
  onChange,
}: {
  model: CatalogModel | null
  onChange: (model: CatalogModel) => void
}) {
  const { t } = useTranslation(['chat', 'app'])
  const models = useChatModels()
  const groups = useMemo<ModelGroup[]>(
    () =>
      PLACES.map((place) => ({ value: place, items: models.filter((one) => one.place === place) })).filter(
        (group) => group.items.length > 0,
      ),
    [models],
  )
  return (
    <Combobox.Root<CatalogModel>
      items={groups}
      value={model}
      onValueChange={(next) => {
        if (next !== null && next.state === 'ready') onChange(next)
      }}
      itemToStringLabel={(one) => one.name}
      itemToStringValue={(one) => one.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      filter={matches}
      autoHighlight
    >
      <Combobox.Trigger
        className="btn picker"
        aria-label={t('chat:picker.label', { model: model?.name ?? t('chat:picker.none') })}
      >
        {model === null ? null : <Glyph place={model.place} />}
        <span className="cut">{model?.name ?? t('chat:picker.none')}</span>
        {model?.isDemo ? <span className="tag hide-n">{t('chat:picker.demo')}</span> : null}
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="pos" side="top" align="start" sideOffset={4}>
          <Combobox.Popup className="pop models-pop" aria-label={t('chat:picker.title')}>
            <div className="pick-search">
              <Search size={14} strokeWidth={1.75} aria-hidden="true" />
              <Combobox.Input placeholder={t('chat:picker.search')} aria-label={t('chat:picker.search')} />
            </div>
            <Combobox.Empty>
              <p className="m pick-empty">
                {models.length === 0 ? t('chat:picker.noModels') : t('chat:picker.noMatch')}
              </p>
            </Combobox.Empty>
            <Combobox.List className="pick-list">
              {(group: ModelGroup) => (
                <Combobox.Group key={group.value} items={group.items}>
                  <Combobox.GroupLabel className="itemgroup">
                    {t(`app:place.${group.items[0]?.place ?? 'here'}`)}
                  </Combobox.GroupLabel>
                  <Combobox.Collection>
                    {(one: CatalogModel) => (
                      <Combobox.Item key={one.id} value={one} className="item pick" disabled={one.state !== 'ready'}>
                        <ModelLine model={one} />
                      </Combobox.Item>
                    )}
                  </Combobox.Collection>
                </Combobox.Group>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

function matches(model: CatalogModel, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const text = `${model.name} ${model.id} ${model.family ?? ''} ${model.holders.map((one) => one.connectionName).join(' ')}`
  return words.every((word) => text.toLowerCase().includes(word))
}

function ModelLine({ model }: { model: CatalogModel }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const facts = [
    model.quantization,
    model.sizeBytes === null ? null : format.bytes(model.sizeBytes),
    model.contextLength === null ? null : t('picker.context', { size: format.compact(model.contextLength) }),
  ].filter((fact) => fact !== null && fact !== '' && fact !== 'unknown')
  const can = model.capabilities.filter((one) => one === 'tools' || one === 'vision' || one === 'reasoning')
  return (
    <>
      <Glyph place={model.place} />
      <span className="grow">
        <span className="row">
          <b className="cut">{model.name}</b>
          {model.isDemo ? <span className="tag">{t('picker.demo')}</span> : null}
          {model.loaded ? <span className="tag">{t('picker.loaded')}</span> : null}
        </span>
        <span className="s m cut pick-facts">
          {model.state === 'ready'
            ? [model.holders[0]?.connectionName, ...can.map((one) => t(`capability.${one}`))]
                .filter(Boolean)
                .join(' · ')
            : (model.reason ?? t(model.state === 'checking' ? 'picker.checking' : 'composer.unavailable'))}
        </span>
      </span>
      <span className="n m pick-figures">{facts.join(' · ')}</span>
    </>
  )
}
