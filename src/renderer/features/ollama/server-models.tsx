import { Search, X } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { InstalledTable } from './installed-table.tsx'
import { JobList } from './job-list.tsx'
import { firstDirection, searchModels, sortModels } from './model-list.ts'
import { useOllamaStore } from './ollama-store.ts'
import { PullForm } from './pull-form.tsx'
import { ServerFailure } from './server-failure.tsx'
import type { ServerList } from './use-server-list.ts'

const SORTS = ['name', 'size', 'modified', 'loaded'] as const

/** The main part: what is being done on this server, then what is installed there. */
export function ServerModels({ connection, list }: { connection: ConnectionView; list: ServerList }) {
  const { t } = useTranslation(['ollama', 'jobs', 'app'])
  const scroller = useRef<HTMLElement>(null)
  const { models, error } = list
  const retry = (
    <div className="row pt-1">
      <Button onClick={list.askAgain} busy={list.asking}>
        {t('app:retry')}
      </Button>
    </div>
  )
  return (
    <main
      ref={scroller}
      className="scroll pad"
      id="main"
      tabIndex={-1}
      aria-label={t('ollama:title', { name: connection.title })}
      aria-busy={models === undefined && error === null}
    >
      <ServerFailure />
      {error === null ? null : (
        <div className="max-w-[656px] pt-4">
          <ErrorForm error={error} did={t('ollama:downDid')} warn={models !== undefined}>
            {retry}
          </ErrorForm>
        </div>
      )}
      <JobList connectionId={connection.id} title={t('jobs:title')} />
      {models === undefined ? (
        error === null ? (
          <p className="m pt-4" role="status">
            {t('app:loading')}
          </p>
        ) : null
      ) : (
        <Installed connection={connection} list={{ ...list, models }} scroller={scroller} />
      )}
    </main>
  )
}

function Installed({
  connection,
  list,
  scroller,
}: {
  connection: ConnectionView
  list: ServerList & { models: NonNullable<ServerList['models']> }
  scroller: React.RefObject<HTMLElement | null>
}) {
  const { t } = useTranslation(['ollama', 'app'])
  const format = useFormat()
  const query = useOllamaStore((store) => store.query)
  const sort = useOllamaStore((store) => store.sort)
  const direction = useOllamaStore((store) => store.direction)
  const { models, knownAt } = list
  const shown = useMemo(
    () => sortModels(searchModels(models, query), sort, direction),
    [models, query, sort, direction],
  )
  const bytes = useMemo(() => diskBytes(models), [models])
  if (models.length === 0) {
    return (
      <div className="max-w-[656px] pt-4">
        <EmptyState sentence={t('ollama:none', { name: connection.title })} />
        <PullForm connection={connection} models={models} />
      </div>
    )
  }
  return (
    <>
      <div className="group installed-head">
        <h2>{t('ollama:installed')}</h2>
        <span className="m">{t('ollama:summary', { count: models.length, size: format.bytes(bytes) })}</span>
        {knownAt === null ? null : (
          <span className="s warn nw">{t('ollama:datedList', { time: format.time(knownAt) })}</span>
        )}
        <span className="row end">
          <Select
            quiet
            label={t('ollama:sortBy')}
            value={sort}
            options={SORTS.map((key) => ({ value: key, label: t(`ollama:sort.${key}`) }))}
            onChange={(key) => useOllamaStore.setState({ sort: key, direction: firstDirection(key) })}
          />
        </span>
        <Find count={models.length} />
      </div>
      {knownAt === null ? null : <p className="s m pb-2">{t('ollama:dated')}</p>}
      {shown.length === 0 ? (
        <EmptyState sentence={t('ollama:noMatch', { query })}>
          <Button onClick={() => useOllamaStore.setState({ query: '' })}>{t('ollama:clearSearch')}</Button>
        </EmptyState>
      ) : (
        <InstalledTable models={shown} connectionId={connection.id} place={connection.place} scroller={scroller} />
      )}
    </>
  )
}

/** Names of one digest share their files: they count once. */
function diskBytes(models: readonly { digest: string; name: string; sizeBytes: number }[]): number {
  const sizes = new Map(models.map(({ digest, name, sizeBytes }) => [digest || name, sizeBytes]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

function Find({ count }: { count: number }) {
  const { t } = useTranslation(['ollama', 'app'])
  const query = useOllamaStore((store) => store.query)
  const input = useRef<HTMLInputElement>(null)
  useShortcut({ keys: 'Mod+F', group: 'models', label: t('app:keys.focusSearch'), run: () => input.current?.focus() })
  return (
    <span className="field find">
      <Search size={14} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label={t('ollama:searchLabel')}
        placeholder={t('ollama:search', { count })}
        value={query}
        onChange={(event) => useOllamaStore.setState({ query: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query === '') return
          event.stopPropagation()
          useOllamaStore.setState({ query: '' })
        }}
      />
      {query === '' ? null : (
        <button
          type="button"
          aria-label={t('ollama:clearSearch')}
          onClick={() => {
            useOllamaStore.setState({ query: '' })
            input.current?.focus()
          }}
        >
          <X size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
    </span>
  )
}
