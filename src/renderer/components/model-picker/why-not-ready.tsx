import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'

/** How often an age is told anew, ms. */
const TICK = 10_000

/**
 * Why a model cannot answer now, without a full stop; null where nobody said. Of one out of reach the window says it in its
 * own language, for nothing but who holds it and since when it is known has to be said.
 */
export function useReason(model: CatalogModel | null): string | null {
  const { t, i18n } = useTranslation('chat')
  if (model === null || model.state === 'ready') return null
  // The engine speaks English; elsewhere the state's own word stands for its sentence.
  if (model.state !== 'unreachable' && !i18n.language.startsWith('en')) return null
  if (model.state !== 'unreachable') return model.reason?.replace(/\.$/, '') ?? null
  const [name, ...others] = namesOf(model)
  return name === undefined || others.length > 0 ? t('picker.state.unreachable') : t('picker.silent', { name })
}

/** As of when a model out of reach is known; null for the others. */
export function useAge(model: CatalogModel, now: number): string | null {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const knownAt = Math.max(0, ...model.holders.map((holder) => holder.knownAt))
  if (model.state !== 'unreachable' || knownAt === 0) return null
  return t('picker.knownAt', { ago: format.ago(knownAt, now) })
}

/** Names of the connections that hold a model, each once. */
export function namesOf(model: CatalogModel): string[] {
  return [...new Set(model.holders.map((holder) => holder.connectionName))]
}

/** Both as one text whose age keeps up with the time; `otherwise` where nobody said why. */
export function WhyNotReady({ model, otherwise = null }: { model: CatalogModel; otherwise?: string | null }) {
  const reason = useReason(model)
  if (model.state !== 'unreachable') return reason ?? otherwise
  return (
    <>
      {reason}
      <Age model={model} />
    </>
  )
}

function Age({ model }: { model: CatalogModel }) {
  const age = useAge(model, useNow(TICK))
  // It changes by itself: no news for a screen reader.
  return age === null ? null : <span aria-live="off"> · {age}</span>
}
