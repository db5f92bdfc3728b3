import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'

/** Host and port of an address; the text itself if it is none. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl
}

/** The parts of the line below a name: provider with version, host, how it proves who it is. */
export function useAddressLine(view: ConnectionView): string[] {
  const { t } = useTranslation('backends')
  const { config, health, keys } = view
  const provider = [t(`provider.${view.provider}`), health.version].filter((part) => part !== null).join(' ')
  if (config === null) return [provider, t('builtIn')]
  const proof =
    config.auth.type === 'microsoft_entra_id'
      ? t('entra')
      : config.auth.type === 'session' || config.auth.type === 'system_oauth'
        ? t('callerAuth')
        : keys.length === 0 || config.auth.type === 'none'
          ? t('noKey')
          : t('sealed', { count: keys.length })
  return [provider, hostOf(config.baseUrl), proof, ...(view.origin === 'environment' ? [t('fromEnvironment')] : [])]
}
