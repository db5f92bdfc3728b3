import { useTranslation } from 'react-i18next'
import { useAppInfo } from '../../bridge/queries.ts'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { FactRow, SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

/** Version, machine and log level. */
export function useDiagnosticsRows(): SettingsGroup {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const info = useAppInfo().data
  return {
    title: t('group.diagnostics'),
    rows: [
      {
        words: t('version.label'),
        node: (
          <FactRow key="version" label={t('version.label')}>
            {info === undefined ? null : (
              <>
                <span>{t('version.value', { version: info.version })}</span>
                <span className="s m">
                  {t('version.runtime', {
                    node: info.nodeVersion.replace(/^v/, ''),
                    platform: info.platform,
                    mode: t(`mode.${info.mode}`),
                  })}
                </span>
              </>
            )}
          </FactRow>
        ),
      },
      {
        words: `${t('machine.label')} CPU GPU RAM`,
        node: (
          <FactRow key="machine" label={t('machine.label')}>
            {info === undefined ? null : (
              <>
                <span>
                  {info.hardware.cpu} · {t('machine.cores', { count: info.hardware.cores })} ·{' '}
                  {format.memory(info.hardware.memoryBytes)} RAM
                </span>
                {info.hardware.gpus.map((gpu) => (
                  <span key={gpu.name}>
                    {gpu.name}
                    {gpu.vramBytes === null ? '' : ` · ${format.memory(gpu.vramBytes)} VRAM`}
                  </span>
                ))}
                <span className="s m">
                  {t('machine.checked', { time: format.duration(info.hardware.checkedInMs) })}
                </span>
              </>
            )}
          </FactRow>
        ),
      },
      {
        words: `${t('logLevel.label')} ${t('logLevel.hint')}`,
        node: (
          <SettingRow key="log" setting="logLevel" label={t('logLevel.label')} hint={t('logLevel.hint')}>
            {(setting, id, locked) => (
              <Select
                id={id}
                label={t('logLevel.label')}
                value={setting.value}
                options={LEVELS.map((value) => ({ value, label: t(`logLevel.${value}`) }))}
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
