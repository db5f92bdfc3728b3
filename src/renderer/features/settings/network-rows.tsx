import { useTranslation } from 'react-i18next'
import { useAppInfo } from '../../bridge/queries.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ListSetting } from './list-setting.tsx'
import { FactRow, SettingRow } from './setting-row.tsx'
import type { SettingsGroup } from './settings-group.ts'

/** The origin of a text such as `http://localhost:3000`, or null if it is none or says more than an origin. */
export function readOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.origin === 'null' || !['http:', 'https:'].includes(url.protocol)) return null
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return bare ? url.origin : null
}

/** The gateway's address for other programs, and which web pages may call it. */
export function useNetworkRows(): SettingsGroup {
  const { t } = useTranslation('settings')
  const info = useAppInfo().data
  const url = info?.gatewayUrl
  return {
    title: t('group.network'),
    rows: [
      {
        words: `${t('gateway.label')} ${t('gateway.hint')} OpenAI Ollama URL`,
        node: (
          <FactRow key="gateway" label={t('gateway.label')} hint={url === null ? undefined : t('gateway.hint')}>
            {url === null ? <span className="bad">{t('gateway.down')}</span> : null}
            {url === null || url === undefined ? null : (
              <div className="lines">
                <Line name="URL" line={url} />
                <Line name={t('gateway.openai')} line={`OPENAI_BASE_URL=${url}/v1`} />
                <Line name={t('gateway.ollama')} line={`OLLAMA_HOST=${url}`} />
              </div>
            )}
          </FactRow>
        ),
      },
      {
        words: `${t('allowedOrigins.label')} ${t('allowedOrigins.hint')} CORS`,
        node: (
          <SettingRow
            key="origins"
            setting="allowedOrigins"
            label={t('allowedOrigins.label')}
            hint={t('allowedOrigins.hint')}
          >
            {(setting, id, locked) => (
              <ListSetting
                id={id}
                values={setting.value}
                onChange={(values) => setting.set(values.map((value) => readOrigin(value) ?? value))}
                disabled={locked}
                check={(text) => {
                  const origin = readOrigin(text)
                  if (origin === null) return t('allowedOrigins.invalid')
                  return setting.value.includes(origin) ? t('allowedOrigins.twice') : null
                }}
                words={{
                  none: t('allowedOrigins.none'),
                  placeholder: t('allowedOrigins.placeholder'),
                  field: t('allowedOrigins.originLabel'),
                  add: t('allowedOrigins.add'),
                  remove: (origin) => t('allowedOrigins.remove', { origin }),
                }}
              />
            )}
          </SettingRow>
        ),
      },
    ],
  }
}

function Line({ name, line }: { name: string; line: string }) {
  const { t } = useTranslation('settings')
  return (
    <div>
      <span className="m w-28 flex-none">{name}</span>
      <code className="cut grow">{line}</code>
      <CopyButton text={line} what={t('gateway.what', { client: name })} />
    </div>
  )
}
