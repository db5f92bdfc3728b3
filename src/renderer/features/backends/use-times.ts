import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'

/** Short times as the page writes them: `8 ms`, `1.4 s`. */
export function useShortTime(): (ms: number) => string {
  const format = useFormat()
  return (ms) => (ms < 1000 ? `${format.number(Math.round(ms))} ms` : format.duration(ms))
}

/** `8 s` until an epoch ms, counting down; null once it has come. */
export function useCountdown(at: number | null): string | null {
  const format = useFormat()
  const now = useNow(1000)
  if (at === null || at <= now) return null
  const seconds = Math.ceil((at - now) / 1000)
  return seconds < 60 ? `${format.number(seconds)} s` : format.duration(seconds * 1000)
}

/** When the next look comes, as `in 8 s` or `now`; null while none is planned. */
export function useNextLook(at: number | null): string | null {
  const { t } = useTranslation('backends')
  const left = useCountdown(at)
  if (at === null) return null
  return left === null ? t('now') : t('inTime', { time: left })
}
