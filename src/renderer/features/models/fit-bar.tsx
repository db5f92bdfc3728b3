import { useTranslation } from 'react-i18next'
import type { Fit } from './model-view.ts'

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`

/** Weights, KV cache, and what spills, against a limit; always with a word. */
export function FitBar({ fit }: { fit: Fit }) {
  const { t } = useTranslation('models')
  const tone = { yes: '', tight: 'warn', no: 'bad' }[fit.word]
  return (
    <div className="fits">
      <span className={tone}>{t(`fit.${fit.word}`)}</span>
      <span className="fit" aria-hidden="true">
        <i className="w" style={{ '--w': percent(fit.weights) }} />
        {fit.kv > 0 ? <i className="kv" style={{ '--w': percent(fit.kv) }} /> : null}
        {fit.spill > 0 ? <i className="sp" style={{ '--w': percent(fit.spill) }} /> : null}
        {fit.missing > 0 ? <i className="no" style={{ '--w': percent(fit.missing) }} /> : null}
        {fit.limit === null ? null : <i className="lim" style={{ '--w': percent(fit.limit) }} />}
      </span>
    </div>
  )
}
