import './presets.css'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { PresetPage } from '#shared/presets.ts'
import { usePresetPage } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useTitle } from '../../page/use-title.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ImportSheet } from './import-sheet.tsx'
import { MissingBases } from './missing-bases.tsx'
import { Pager } from './pager.tsx'
import { NEW_PRESET_PATH } from './preset-address.ts'
import { PresetDrop } from './preset-drop.tsx'
import { PresetTable } from './preset-table.tsx'
import { PresetsFilters } from './presets-filters.tsx'
import { PresetsHead } from './presets-head.tsx'
import { setQuery, usePresetsStore } from './presets-store.ts'
import { RemoveSheet } from './remove-sheet.tsx'
import { usePresetActionStore } from './use-preset-actions.ts'

/** The models that people made: who may use them, what they run on, and what can be done with many at once. */
export function PresetsPage() {
  const { t } = useTranslation(['presets', 'app'])
  const query = usePresetsStore((store) => store.query)
  const page = usePresetPage(query)
  useTitle(t('presets:title'))
  // A failure of an earlier visit has nothing to do with what is seen now.
  useEffect(() => usePresetActionStore.setState({ failure: null }), [])
  return (
    <div className="page">
      <PresetsHead total={page.data?.total} />
      <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('presets:title')}>
        <MissingBases />
        {page.data === undefined ? (
          page.error === null ? (
            <p className="m pt-4" role="status">
              {t('app:loading')}
            </p>
          ) : (
            <div className="max-w-[656px] pt-6">
              <ErrorForm error={toPublicError(page.error)} alert>
                <div className="row pt-1">
                  <Button onClick={() => void page.refetch()}>{t('app:retry')}</Button>
                </div>
              </ErrorForm>
            </div>
          )
        ) : (
          <List data={page.data} staleSince={page.error === null ? null : page.dataUpdatedAt} />
        )}
      </main>
      <ImportSheet />
      <RemoveSheet rows={page.data?.items ?? []} />
      <PresetDrop />
    </div>
  )
}

function List({ data, staleSince }: { data: PresetPage; staleSince: number | null }) {
  const { t } = useTranslation(['presets', 'app'])
  const format = useFormat()
  const { query, chosen } = usePresetsStore()
  const failure = usePresetActionStore((store) => store.failure)
  const narrowed = query.query !== '' || query.tag !== null || query.view !== 'all'
  // The last rows of the last page are gone: the one before is shown.
  useEffect(() => {
    if (data.items.length === 0 && query.page > 1) setQuery({ page: Math.max(1, query.page - 1) })
  }, [data, query.page])
  return (
    <>
      {chosen.size > 0 ? <BulkBar count={chosen.size} /> : <PresetsFilters total={data.total} />}
      {staleSince === null ? null : (
        <p className="s warn" role="status">
          {t('presets:stale')} {t('app:asOf', { time: format.time(staleSince) })}
        </p>
      )}
      {failure === null ? null : (
        <div className="max-w-[656px] pb-3">
          <ErrorForm
            error={failure.error}
            {...(failure.total > 1
              ? {
                  title: t('presets:notAll'),
                  did: t('presets:notAllDid', { done: failure.done, total: failure.total }),
                }
              : {})}
            alert
          />
        </div>
      )}
      {data.items.length > 0 ? (
        <>
          <PresetTable rows={data.items} />
          <Pager total={data.total} />
        </>
      ) : narrowed ? (
        <EmptyState
          sentence={t(query.view === 'shared' && query.query === '' ? 'presets:noneShared' : 'presets:noMatch')}
        >
          <Button onClick={() => setQuery({ query: '', tag: null, view: 'all' })}>{t('presets:showAll')}</Button>
        </EmptyState>
      ) : (
        <EmptyState sentence={t('presets:none')}>
          <Link href={NEW_PRESET_PATH} className="btn">
            {t('presets:new')}
          </Link>
        </EmptyState>
      )}
    </>
  )
}
