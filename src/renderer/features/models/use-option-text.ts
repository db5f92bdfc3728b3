import { useTranslation } from 'react-i18next'
import type { LoadOptions } from '#shared/models.ts'
import { useFormat } from '../../i18n/format.ts'
import type { OptionKey } from './load-options.ts'

/** Writes an option's value as a person reads it; an unset one is `auto`. */
export function useOptionText(): (key: OptionKey, value: LoadOptions[OptionKey] | undefined) => string {
  const { t } = useTranslation('models')
  const format = useFormat()
  return (key, value) => {
    if (value === undefined || value === 'auto') return t('value.auto')
    if (value === 'max') return t('value.max')
    if (typeof value === 'boolean') return value ? t('value.on') : t('value.off')
    if (key === 'keepAliveSeconds') {
      if (value === -1) return t('value.always')
      return value === 0 ? t('value.atOnce') : t('value.minutes', { time: format.seconds(value) })
    }
    return format.number(value)
  }
}
