import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useAppInfo, useModelFiles } from '../../bridge/queries.ts'
import { Tag } from '../../components/tag.tsx'
import { useFormat } from '../../i18n/format.ts'
import { FitBar } from '../models/fit-bar.tsx'
import { fitOf, quantizationBeside } from '../models/model-view.ts'

/** At most this many rows; the picker below has all. */
const SHOWN = 6

/** The models found on this machine; choosing one changes what the button uses. */
export function FoundModels({
  models,
  chosen,
  onChoose,
}: {
  models: readonly CatalogModel[]
  chosen: string | null
  onChoose: (id: string) => void
}) {
  const { t } = useTranslation(['welcome', 'models'])
  const format = useFormat()
  const files = useModelFiles().data ?? []
  const hardware = useAppInfo().data?.hardware
  if (models.length === 0) return null
  return (
    <div className="found" role="radiogroup" aria-label={t('welcome:model')}>
      {models.slice(0, SHOWN).map((model) => {
        const file = files.find((one) => one.id === model.id)
        return (
          <label key={model.id}>
            <span className="row">
              <input
                type="radio"
                name="first-model"
                className="sr"
                checked={model.id === chosen}
                onChange={() => onChoose(model.id)}
              />
              <span className={model.id === chosen ? 'cut font-semibold' : 'cut'}>{model.name}</span>
              <span className="n m">{quantizationBeside(model.name, model.quantization)}</span>
              {model.isDemo ? <Tag>{t('models:source.built-in')}</Tag> : null}
            </span>
            <span className="n">{model.sizeBytes === null ? '' : format.bytes(model.sizeBytes)}</span>
            {file === undefined || hardware === undefined ? <span /> : <FitBar fit={fitOf(file, hardware)} />}
            <span className="m cut">{file === undefined || model.isDemo ? '' : t(`models:source.${file.source}`)}</span>
          </label>
        )
      })}
    </div>
  )
}
