import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useFormat } from '../../i18n/format.ts'
import { Glyph } from '../glyph.tsx'
import { ModelFace } from './model-face.tsx'
import { namesOf, useAge, useReason } from './why-not-ready.tsx'

/** One model to choose: place, name, who holds it, what it can do, and its figures; or why it cannot answer now. */
export function ModelLine({ model, now }: { model: CatalogModel; now: number }) {
  const { t } = useTranslation('chat')
  const figures = useFigures(model)
  const about = useAbout(model, now)
  return (
    <>
      <Glyph place={model.place} named />
      {model.preset == null ? null : <ModelFace name={model.name} picture={model.preset.profileImageUrl} />}
      <span className="grow pick-text">
        <span className="row">
          <b className="cut">{model.name}</b>
          {model.isDemo ? <span className="tag">{t('picker.demo')}</span> : null}
          {model.loaded && model.state === 'ready' ? <Loaded model={model} now={now} /> : null}
        </span>
        <span className="s m cut pick-facts">{about}</span>
      </span>
      {model.state === 'ready' ? <span className="n m pick-figures">{figures}</span> : null}
    </>
  )
}

function Loaded({ model, now }: { model: CatalogModel; now: number }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const left = model.expiresAt === null ? 0 : model.expiresAt - now
  // Whole minutes or seconds: the list is to be read, not watched.
  const time = format.duration(left > 60_000 ? Math.round(left / 60_000) * 60_000 : Math.round(left / 1000) * 1000)
  return <span className="tag nw">{left >= 10_000 ? t('picker.loadedFor', { time }) : t('picker.loaded')}</span>
}

/** Quantization, size and context, as far as they are known. */
function useFigures(model: CatalogModel): string {
  const { t } = useTranslation('chat')
  const format = useFormat()
  return [
    model.quantization === 'unknown' ? null : model.quantization,
    model.sizeBytes === null || model.sizeBytes === 0 ? null : format.bytes(model.sizeBytes),
    model.contextLength === null ? null : t('picker.context', { size: format.compact(model.contextLength) }),
  ]
    .filter(Boolean)
    .join(' · ')
}

/** The second line: holders and abilities; for a model that cannot answer the reason, and how old the knowledge is. */
function useAbout(model: CatalogModel, now: number): string {
  const { t } = useTranslation('chat')
  const reason = useReason(model)
  const age = useAge(model, now)
  const names = namesOf(model)
  const holders =
    names.length > 1 ? t('picker.places', { count: names.length, names: names.join(', ') }) : (names[0] ?? '')
  if (model.state === 'unreachable') {
    // The reason names the one that does not answer.
    return [reason, age, names.length > 1 ? holders : ''].filter(Boolean).join(' · ')
  }
  if (model.state !== 'ready') {
    return [reason ?? t(`picker.state.${model.state}`), holders].filter(Boolean).join(' · ')
  }
  const abilities = (['vision', 'tools', 'reasoning'] as const).filter((one) => model.capabilities.includes(one))
  // What a person made says first what it runs on.
  const base = model.preset == null ? '' : t('picker.on', { base: model.preset.baseModelId })
  return [base, holders, ...abilities.map((one) => t(`capability.${one}`))].filter(Boolean).join(' · ')
}
