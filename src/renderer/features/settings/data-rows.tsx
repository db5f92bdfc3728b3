import { useTranslation } from 'react-i18next'
import { useAppInfo } from '../../bridge/queries.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ListSetting } from './list-setting.tsx'
import { FactRow, SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'

/** Whether a path starts at a root: `/…`, `C:\…` or `\\server\…`. */
export function isAbsolutePath(path: string): boolean {
  return /^(\/|[a-z]:[\\/]|\\\\)/i.test(path)
}

/** Where the data lives and where models are looked for. */
export function useDataRows(): SettingsGroup {
  const { t } = useTranslation('settings')
  const folder = useAppInfo().data?.dataFolder
  return {
    title: t('group.data'),
    rows: [
      {
        words: `${t('dataFolder.label')} ${t('dataFolder.hint')}`,
        node: (
          <FactRow key="folder" label={t('dataFolder.label')} hint={t('dataFolder.hint')}>
            {folder === undefined ? null : (
              <div className="row">
                <span className="n break-all">{folder}</span>
                <CopyButton text={folder} what={t('dataFolder.what')} />
              </div>
            )}
          </FactRow>
        ),
      },
      {
        words: `${t('modelFolders.label')} ${t('modelFolders.hint')}`,
        node: (
          <SettingRow
            key="folders"
            setting="modelFolders"
            label={t('modelFolders.label')}
            hint={t('modelFolders.hint')}
          >
            {(setting, id, locked) => (
              <ListSetting
                id={id}
                values={setting.value}
                onChange={setting.set}
                disabled={locked}
                check={(path) => {
                  if (!isAbsolutePath(path)) return t('modelFolders.relative')
                  return setting.value.includes(path) ? t('modelFolders.twice') : null
                }}
                words={{
                  none: t('modelFolders.none'),
                  placeholder: t('modelFolders.placeholder'),
                  field: t('modelFolders.pathLabel'),
                  add: t('modelFolders.add'),
                  remove: (path) => t('modelFolders.remove', { path }),
                }}
              />
            )}
          </SettingRow>
        ),
      },
    ],
  }
}
