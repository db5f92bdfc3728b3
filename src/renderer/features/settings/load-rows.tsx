import { useTranslation } from 'react-i18next'
import { useAppInfo } from '../../bridge/queries.ts'
import { NumberField } from '../../components/number-field.tsx'
import { LoadOptionsForm } from '../models/load-options-form.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'

/** How models are loaded that have no options of their own. */
export function useLoadRows(): SettingsGroup {
  const { t } = useTranslation(['settings', 'models'])
  const cores = useAppInfo().data?.hardware.cores ?? 1
  return {
    title: t('settings:group.load'),
    rows: [
      {
        words: `${t('models:options')} ${t('settings:load.hint')} ${t('models:option.contextSize')} ${t('models:option.threads')} ${t('models:option.gpuLayers')} ${t('models:option.keepAliveSeconds')}`,
        node: (
          <SettingRow key="load" setting="load" label={t('models:options')} hint={t('settings:load.hint')}>
            {(setting, _id, locked) => (
              <div className="wide">
                <LoadOptionsForm
                  value={setting.value}
                  defaults={{}}
                  onChange={setting.set}
                  contextMax={131_072}
                  layers={null}
                  cores={cores}
                  disabled={locked}
                />
              </div>
            )}
          </SettingRow>
        ),
      },
      {
        words: `${t('settings:queueLimit.label')} ${t('settings:queueLimit.hint')}`,
        node: (
          <SettingRow
            key="queue"
            setting="queueLimit"
            label={t('settings:queueLimit.label')}
            hint={t('settings:queueLimit.hint')}
          >
            {(setting, id, locked) => (
              <NumberField
                id={id}
                label={t('settings:queueLimit.label')}
                value={setting.value}
                min={0}
                max={10_000}
                className="w-22"
                invalid={t('settings:invalidNumber', { min: 0, max: 10_000 })}
                disabled={locked}
                onCommit={(next) => {
                  if (next !== null) setting.set(next)
                }}
              />
            )}
          </SettingRow>
        ),
      },
    ],
  }
}
