import { useTranslation } from 'react-i18next'
import { Segmented } from '../../components/segmented.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'

const THEMES = ['system', 'light', 'dark'] as const
const LANGUAGES = ['system', 'en', 'zh'] as const

/** Theme and language. */
export function useAppearanceRows(): SettingsGroup {
  const { t } = useTranslation('settings')
  return {
    title: t('group.appearance'),
    rows: [
      {
        words: t('theme.label'),
        node: (
          <SettingRow key="theme" setting="theme" label={t('theme.label')}>
            {(setting, _id, locked) => (
              <Segmented
                label={t('theme.label')}
                value={setting.value}
                options={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
                onChange={setting.set}
                disabled={locked}
              />
            )}
          </SettingRow>
        ),
      },
      {
        words: `${t('language.label')} language 语言`,
        node: (
          <SettingRow key="language" setting="language" label={t('language.label')}>
            {(setting, _id, locked) => (
              <Segmented
                label={t('language.label')}
                value={setting.value}
                options={LANGUAGES.map((value) => ({ value, label: t(`language.${value}`) }))}
                onChange={setting.set}
                disabled={locked}
              />
            )}
          </SettingRow>
        ),
      },
    ],
  }
}
