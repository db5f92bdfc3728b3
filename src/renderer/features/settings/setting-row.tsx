import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '#shared/settings.ts'
import { type Setting, useSetting } from './use-setting.ts'

/** A name with its control, the reason it may be fixed, and the error of its last change. */
export function SettingRow<Key extends keyof Settings>({
  setting: key,
  label,
  hint,
  children,
}: {
  setting: Key
  label: string
  hint?: string | undefined
  children: (setting: Setting<Settings[Key]>, id: string, locked: boolean) => ReactNode
}) {
  const { t } = useTranslation(['settings', 'errors'])
  const setting = useSetting(key)
  const id = useId()
  if (setting === null) return null
  return (
    <div className="set">
      <div className="what">
        <label htmlFor={id}>{label}</label>
      </div>
      <div className="how">
        {children(setting, id, setting.variable !== null)}
        {hint === undefined ? null : <span className="s m">{hint}</span>}
        {setting.variable === null ? null : (
          <span className="s m">{t('settings:byEnvironment', { variable: setting.variable })}</span>
        )}
        {setting.error === null ? null : (
          <span className="s bad" role="alert">
            {t(`errors:${setting.error.code}.title`)}: {setting.error.message}
          </span>
        )}
      </div>
    </div>
  )
}

/** A name with facts that cannot be changed. */
export function FactRow({ label, hint, children }: { label: string; hint?: string | undefined; children: ReactNode }) {
  return (
    <div className="set">
      <div className="what">
        <span className="font-medium">{label}</span>
      </div>
      <div className="how pt-1">
        {children}
        {hint === undefined ? null : <span className="s m">{hint}</span>}
      </div>
    </div>
  )
}
