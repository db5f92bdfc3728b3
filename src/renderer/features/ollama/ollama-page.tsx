import './ollama.css'
import { ArrowDownToLine, ArrowLeft, Ellipsis, FilePlus, FileUp, RefreshCw } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { ConnectionView } from '#shared/connections.ts'
import type { OllamaModel } from '#shared/jobs.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useConnections } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { useTitle } from '../../page/use-title.ts'
import { onReconnect } from '../../stores/connection-store.ts'
import { ModelInspector } from './model-inspector.tsx'
import { forgetFailures, openSheet, showServer, useOllamaStore } from './ollama-store.ts'
import { ServerFailure } from './server-failure.tsx'
import { ServerModels } from './server-models.tsx'
import { Sheets } from './sheets.tsx'
import { useModelActions } from './use-model-actions.ts'
import { useServerList } from './use-server-list.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** The manager of one Ollama server: #/backends/:connectionId/models. */
export function OllamaPage({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation(['ollama', 'app'])
  const connections = useConnections()
  const connection = connections.data?.find(({ id }) => id === connectionId)
  useTitle(connection === undefined ? t('app:page.backends') : t('ollama:title', { name: connection.title }))
  useEffect(() => showServer(connectionId), [connectionId])
  // A sheet does not wait for the next visit: nobody would know why it stands open. Nor does a failure.
  useEffect(
    () => () => {
      openSheet(null)
      forgetFailures()
    },
    [],
  )
  const state = connection?.health.state
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state makes what failed an old story
  useEffect(() => forgetFailures(), [state])
  useEffect(() => onReconnect(forgetFailures), [])
  if (connections.data === undefined && connections.error !== null) {
    return (
      <Plain>
        <div className="max-w-[656px] pt-6">
          <ErrorForm error={toPublicError(connections.error)} alert>
            <div className="row pt-1">
              <Button onClick={() => void connections.refetch()}>{t('app:retry')}</Button>
            </div>
          </ErrorForm>
        </div>
      </Plain>
    )
  }
  if (connections.data === undefined) {
    return (
      <Plain>
        <p className="m pt-4" role="status">
          {t('app:loading')}
        </p>
      </Plain>
    )
  }
  if (connection === undefined || connection.provider !== 'ollama') {
    return (
      <Plain>
        <EmptyState
          sentence={connection === undefined ? t('ollama:noSuch') : t('ollama:notOllama', { name: connection.title })}
        >
          <Link href="/backends" className="btn">
            {t('ollama:toBackends')}
          </Link>
        </EmptyState>
      </Plain>
    )
  }
  return <Manager key={connectionId} connection={connection} />
}

/** A page with nothing but a way back. */
function Plain({ children }: { children: React.ReactNode }) {
  return (
    <div className="page">
      <header className="head">
        <Back />
      </header>
      <main className="scroll pad" id="main" tabIndex={-1}>
        <div className="pt-4">{children}</div>
      </main>
    </div>
  )
}

function Back() {
  const { t } = useTranslation('ollama')
  return (
    <Link href="/backends" className="btn quiet ib" aria-label={t('back')} title={t('back')}>
      <ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />
    </Link>
  )
}

function Manager({ connection }: { connection: ConnectionView }) {
  const { t } = useTranslation('app')
  const paused = connection.health.state === 'disabled'
  const list = useServerList(connection.id, !paused)
  const selected = useOllamaStore((store) => store.selected)
  const open = paused ? undefined : list.models?.find(({ name }) => name === selected)
  useShortcut({
    keys: 'Esc',
    group: 'everywhere',
    label: t('keys.escape'),
    run: () => (open === undefined ? false : useOllamaStore.setState({ selected: null })),
  })
  return (
    <div className="page">
      <Head connection={connection} models={list.models} paused={paused} />
      <div className={open === undefined ? 'split' : 'split open-insp'}>
        {paused ? <Paused connection={connection} /> : <ServerModels connection={connection} list={list} />}
        {open === undefined ? null : (
          <ModelInspector key={open.name} model={open} models={list.models ?? []} connection={connection} />
        )}
      </div>
      <Sheets connection={connection} models={list.models ?? []} />
    </div>
  )
}

function Head({
  connection,
  models,
  paused,
}: {
  connection: ConnectionView
  /** Undefined while they are not known. */
  models: readonly OllamaModel[] | undefined
  paused: boolean
}) {
  const { t } = useTranslation('ollama')
  const actions = useModelActions(connection.id)
  const updateAll = async (): Promise<void> => {
    const error = await actions.start(() => client.jobs.updateAll({ connectionId: connection.id }))
    useOllamaStore.setState({ serverFailure: error })
  }
  const { version } = connection.health
  const none = (models ?? []).length === 0
  return (
    <header className="head">
      <Back />
      <Glyph place={connection.place} named />
      <h1 className="cut" title={connection.config?.baseUrl}>
        {t('title', { name: connection.title })}
      </h1>
      <span className="s m nw hide-n">{version === null ? '' : t('version', { version })}</span>
      {paused ? null : (
        <div className="row end">
          <span className="row hide-n">
            <Button
              look="quiet"
              icon={<RefreshCw {...icon} />}
              disabled={none}
              title={t('updateAllNote', { count: models?.length ?? 0 })}
              onClick={() => void updateAll()}
            >
              {t('updateAll')}
            </Button>
            <Button look="quiet" icon={<FileUp {...icon} />} onClick={() => openSheet({ kind: 'upload' })}>
              {t('upload')}
            </Button>
            <Button
              look="quiet"
              icon={<FilePlus {...icon} />}
              onClick={() => openSheet({ kind: 'create', starter: null })}
            >
              {t('create')}
            </Button>
          </span>
          <span className="only-narrow">
            <Menu
              align="end"
              label={t('more')}
              trigger={<IconButton label={t('more')} icon={<Ellipsis {...icon} />} />}
            >
              <MenuItem icon={<RefreshCw {...icon} />} disabled={none} onSelect={() => void updateAll()}>
                {t('updateAll')}
              </MenuItem>
              <MenuItem icon={<FileUp {...icon} />} onSelect={() => openSheet({ kind: 'upload' })}>
                {t('upload')}
              </MenuItem>
              <MenuItem icon={<FilePlus {...icon} />} onSelect={() => openSheet({ kind: 'create', starter: null })}>
                {t('create')}
              </MenuItem>
            </Menu>
          </span>
          {/* An empty list has the field itself. */}
          {models?.length === 0 ? null : (
            <Button look="prime" icon={<ArrowDownToLine {...icon} />} onClick={() => openSheet({ kind: 'pull' })}>
              {t('pull')}
            </Button>
          )}
        </div>
      )}
    </header>
  )
}

function Paused({ connection }: { connection: ConnectionView }) {
  const { t } = useTranslation('ollama')
  const connections = useConnections()
  // It is not paused itself: all Ollama connections are.
  if (connection.config?.enabled === true) {
    return (
      <main className="scroll pad" id="main" tabIndex={-1}>
        <div className="pt-4">
          <EmptyState sentence={t('familyOff')}>
            <Link href="/backends" className="btn">
              {t('toBackends')}
            </Link>
          </EmptyState>
        </div>
      </main>
    )
  }
  return (
    <main className="scroll pad" id="main" tabIndex={-1}>
      <div className="pt-4">
        <EmptyState sentence={t('paused', { name: connection.title })}>
          <Button
            look="prime"
            onClick={async () => {
              try {
                await client.connections.setEnabled({ id: connection.id, enabled: true })
                useOllamaStore.setState({ serverFailure: null })
              } catch (error) {
                useOllamaStore.setState({ serverFailure: toPublicError(error) })
              }
              await connections.refetch()
            }}
          >
            {t('resume', { name: connection.title })}
          </Button>
        </EmptyState>
        <ServerFailure />
      </div>
    </main>
  )
}
