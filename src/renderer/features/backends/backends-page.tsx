import './backends.css'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useConnections } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { useTitle } from '../../page/use-title.ts'
import { BackendsHead } from './backends-head.tsx'
import { useBackendsStore } from './backends-store.ts'
import { ConnectionCells } from './connection-cells.tsx'
import { ConnectionEditor } from './connection-editor.tsx'
import { isMovable } from './connection-order.ts'
import { PasteField } from './paste-field.tsx'
import { Switchboard } from './switchboard.tsx'
import { TestPanel } from './test-panel.tsx'
import { useTestRuns } from './test-runs.ts'
import { useOldFailures } from './use-old-failures.ts'
import { usePasteToAdd } from './use-paste.ts'

/** The Backends page: every connection, how it is now, and what can be done to it. */
export function BackendsPage() {
  const { t } = useTranslation(['backends', 'app'])
  const list = useConnections()
  const views = list.data
  useTitle(t('app:page.backends'))
  usePasteToAdd()
  useOldFailures(views)
  const selected = useBackendsStore((store) => store.selected)
  const run = useTestRuns((store) => (selected === null ? undefined : store.runs[selected]))
  const tested = views?.find(({ id }) => id === selected)
  const panel = tested !== undefined && run !== undefined
  useShortcut({
    keys: 'Esc',
    group: 'everywhere',
    label: t('app:keys.escape'),
    run: () => {
      const state = useBackendsStore.getState()
      if (state.removing !== null) useBackendsStore.setState({ removing: null })
      else if (state.selected !== null) useBackendsStore.setState({ selected: null })
      else return false
      return true
    },
  })
  useEffect(() => () => useBackendsStore.setState({ editor: null, removing: null }), [])
  return (
    <div className="page">
      <BackendsHead views={views} />
      {views === undefined ? (
        <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('backends:list')}>
          {list.error === null ? (
            <p className="m pt-4" role="status">
              {t('app:loading')}
            </p>
          ) : (
            <div className="max-w-[656px] pt-6">
              <ErrorForm error={toPublicError(list.error)} title={t('backends:listFailed')} alert>
                <div className="row pt-1">
                  <Button onClick={() => void list.refetch()}>{t('app:retry')}</Button>
                </div>
              </ErrorForm>
            </div>
          )}
        </main>
      ) : (
        <div className="backs">
          <Switchboard views={views} />
          <div className={panel ? 'split backends open-test' : 'split backends'}>
            <main className="scroll" id="main" tabIndex={-1} aria-label={t('backends:list')}>
              {list.error === null ? null : <Stale since={list.dataUpdatedAt} />}
              <div className="cells">
                <ConnectionCells views={views} />
                <Invitation views={views} />
              </div>
            </main>
            {panel ? <TestPanel key={tested.id} view={tested} run={run} /> : null}
          </div>
        </div>
      )}
      <ConnectionEditor views={views ?? []} />
    </div>
  )
}

/** Old data is dated, never blank. */
function Stale({ since }: { since: number }) {
  const { t } = useTranslation('app')
  const format = useFormat()
  return (
    <p className="s warn pad stale" role="status">
      {t('asOf', { time: format.time(since) })}
    </p>
  )
}

/** The way to a first connection, and to a first one that goes Away. */
function Invitation({ views }: { views: readonly ConnectionView[] }) {
  const { t } = useTranslation('backends')
  const others = views.filter(isMovable)
  if (others.some(({ place }) => place === 'away')) return null
  return (
    <div className="cell invitation">
      <EmptyState sentence={others.length === 0 ? t('empty') : t('emptyAway')}>
        <PasteField />
      </EmptyState>
    </div>
  )
}
