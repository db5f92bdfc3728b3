import { Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toPublicError } from '../../bridge/public-error.ts'
import { useSettings } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useTitle } from '../../page/use-title.ts'
import { useAppearanceRows } from './appearance-rows.tsx'
import { useDataRows } from './data-rows.tsx'
import { useDefaultsRows } from './defaults-rows.tsx'
import { useDiagnosticsRows } from './diagnostics-rows.tsx'
import { useLoadRows } from './load-rows.tsx'
import { useNetworkRows } from './network-rows.tsx'
import type { SettingsGroup } from './settings-group.ts'

/** The Settings page: a few groups, searchable, each value saved as it is changed. */
export function SettingsPage() {
  const { t } = useTranslation(['settings', 'app'])
  const settings = useSettings()
  const [query, setQuery] = useState('')
  useTitle(t('app:page.settings'))
  return (
    <div className="page">
      <header className="head">
        <h1>{t('settings:title')}</h1>
        <span className="field grow" style={{ maxWidth: 360 }}>
          <Search size={14} strokeWidth={1.75} aria-hidden="true" />
          <input
            type="search"
            aria-label={t('settings:search')}
            placeholder={t('settings:search')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </span>
      </header>
      <main className="scroll" id="main" tabIndex={-1} aria-label={t('settings:title')}>
        <div className="sets">
          {settings.data !== undefined ? (
            <Groups query={query} />
          ) : settings.error === null ? (
            <p className="m" role="status">
              {t('app:loading')}
            </p>
          ) : (
            <ErrorForm error={toPublicError(settings.error)} alert>
              <div className="row pt-1">
                <Button onClick={() => void settings.refetch()}>{t('app:retry')}</Button>
              </div>
            </ErrorForm>
          )}
        </div>
      </main>
    </div>
  )
}

function Groups({ query }: { query: string }) {
  const { t } = useTranslation('settings')
  const groups: SettingsGroup[] = [
    useAppearanceRows(),
    useDefaultsRows(),
    useLoadRows(),
    useDataRows(),
    useNetworkRows(),
    useDiagnosticsRows(),
  ]
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = groups
    .map((group) => ({
      ...group,
      rows: group.rows.filter((row) => {
        const text = `${group.title} ${row.words}`.toLowerCase()
        return words.every((word) => text.includes(word))
      }),
    }))
    .filter((group) => group.rows.length > 0)
  if (shown.length === 0) return <EmptyState sentence={t('noMatch', { query })} />
  return shown.map((group) => (
    <section key={group.title} aria-label={group.title}>
      <h2>{group.title}</h2>
      {group.rows.map((row) => row.node)}
    </section>
  ))
}
