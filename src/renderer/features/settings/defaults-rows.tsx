import { useTranslation } from 'react-i18next'
import { findByName } from '#shared/model-name.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { Glyph } from '../../components/glyph.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { quantizationBeside } from '../models/model-view.ts'
import { SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'
import { TextSetting } from './text-setting.tsx'

const MAX_TOKENS = 10_000_000

/** What a new chat starts with. */
export function useDefaultsRows(): SettingsGroup {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const catalog = useCatalog().data ?? []
  const chattable = catalog.filter((model) => model.capabilities.includes('chat'))
  return {
    title: t('group.defaults'),
    rows: [
      {
        words: `${t('defaultModel.label')} ${t('defaultModel.hint')}`,
        node: (
          <SettingRow
            key="model"
            setting="defaultModelId"
            label={t('defaultModel.label')}
            hint={t('defaultModel.hint')}
          >
            {(setting, id, locked) => {
              const set = findByName(chattable, setting.value)
              return (
                <Select
                  id={id}
                  label={t('defaultModel.label')}
                  value={set?.id ?? setting.value ?? ''}
                  disabled={locked}
                  options={[
                    { value: '', label: t('defaultModel.best') },
                    ...(set !== undefined || setting.value === null
                      ? []
                      : [{ value: setting.value, label: t('defaultModel.missing', { id: setting.value }) }]),
                    ...chattable.map((model) => ({
                      value: model.id,
                      label: model.name,
                      mark: <Glyph place={model.place} />,
                      hint: quantizationBeside(model.name, model.quantization),
                    })),
                  ]}
                  onChange={(value) => setting.set(value === '' ? null : value)}
                />
              )
            }}
          </SettingRow>
        ),
      },
      {
        words: `${t('systemPrompt.label')} ${t('systemPrompt.hint')}`,
        node: (
          <SettingRow key="prompt" setting="systemPrompt" label={t('systemPrompt.label')} hint={t('systemPrompt.hint')}>
            {(setting, id, locked) => (
              <TextSetting id={id} value={setting.value} onChange={setting.set} disabled={locked} maxLength={100_000} />
            )}
          </SettingRow>
        ),
      },
      {
        words: `${t('temperature.label')} ${t('temperature.hint')}`,
        node: (
          <SettingRow
            key="temperature"
            setting="temperature"
            label={t('temperature.label')}
            hint={t('temperature.hint')}
          >
            {(setting, id, locked) => (
              <NumberField
                id={id}
                label={t('temperature.label')}
                value={setting.value}
                min={0}
                max={2}
                step={0.05}
                className="w-22"
                placeholder={t('temperature.empty')}
                invalid={t('invalidNumber', { min: 0, max: 2 })}
                disabled={locked}
                onCommit={setting.set}
              />
            )}
          </SettingRow>
        ),
      },
      {
        words: `${t('maxTokens.label')} ${t('maxTokens.hint')}`,
        node: (
          <SettingRow key="max" setting="maxTokens" label={t('maxTokens.label')} hint={t('maxTokens.hint')}>
            {(setting, id, locked) => (
              <NumberField
                id={id}
                label={t('maxTokens.label')}
                value={setting.value}
                min={1}
                max={MAX_TOKENS}
                className="w-22"
                placeholder={t('maxTokens.empty')}
                invalid={t('invalidNumber', { min: 1, max: format.number(MAX_TOKENS) })}
                disabled={locked}
                onCommit={setting.set}
              />
            )}
          </SettingRow>
        ),
      },
    ],
  }
}
