import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { sees, useChatModels } from './use-chat-models.ts'

/** Models offered; the picker has all. */
const OFFERED = 4

/** Pictures and a model that does not see: who would. */
export function SeeingModels({
  model,
  onModel,
  onRemove,
}: {
  model: CatalogModel
  onModel: (model: CatalogModel) => void
  /** Lets the pictures go; null if there are none yet. */
  onRemove: (() => void) | null
}) {
  const { t } = useTranslation('chat')
  const others = useChatModels()
    .filter((one) => one.state === 'ready' && sees(one))
    .slice(0, OFFERED)
  return (
    <div className="seeing" role="status">
      <span>
        {t('image.blind', { model: model.name })}{' '}
        <span className="m">{others.length === 0 ? t('image.noneSees') : t('image.theseSee')}</span>
      </span>
      {others.map((one) => (
        <Button key={one.id} icon={<Glyph place={one.place} named />} onClick={() => onModel(one)}>
          <span className="cut">{one.name}</span>
        </Button>
      ))}
      {onRemove === null ? null : (
        <Button look="quiet" onClick={onRemove}>
          {t('image.removeAll')}
        </Button>
      )}
    </div>
  )
}
