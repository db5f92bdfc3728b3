import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { en } from '../../i18n/setup.ts'

type Known = keyof typeof en.presets.params.name

function isKnown(name: string): name is Known {
  return Object.hasOwn(en.presets.params.name, name)
}

/** The name of a parameter for people; one that we have no words for keeps its own. */
export function useParameterName(): (name: string) => string {
  const { t } = useTranslation('presets')
  return useCallback((name) => (isKnown(name) ? t(`params.name.${name}`) : name), [t])
}
