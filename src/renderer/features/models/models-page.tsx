import { FileDown, Search, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { AppInfo } from '#shared/app-info.ts'
import type { GgufFile } from '#shared/models.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useAppInfo, useModelFiles } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Kbd } from '../../components/kbd.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { useTitle } from '../../page/use-title.ts'
import { ModelTabs } from '../presets/model-tabs.tsx'
import { showImport } from './import-store.ts'
import { ModelInspector } from './model-inspector.tsx'
import { ModelTable } from './model-table.tsx'
import { firstDirection, searchFiles, sortFiles } from './model-view.ts'
import { useModelsStore } from './models-store.ts'
import { OfflineModels } from './offline-models.tsx'
import { QuarantinedModels } from './quarantined-models.tsx'

const SORTS = ['used', 'name', 'size', 'context'] as const

/** The Models page: GGUF files on this machine, and one model's facts and options. */
export function ModelsPage() {
  const { t } = useTranslation(['models', 'app'])
  const files = useModelFiles()
  const info = useAppInfo().data
  const selected = useModelsStore((store) => store.selected)
  const open = files.data?.find((file) => file.id === selected)
  useTitle(t('app:page.models'))
  useShortcut({
    keys: 'Esc',
    group: 'everywhere',
    label: t('app:keys.escape'),
    run: () => (open === undefined ? false : useModelsStore.setState({ selected: null })),
  })
  return (
    <div className="page">
      <Head files={files.data} info={info} />
      <div className={open === undefined ? 'split' : 'split open-insp'}>
        <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('models:title')}>
          {files.data === undefined ? (
            files.error === null ? (
              <p className="m pt-4" role="status">
                {t('app:loading')}
              </p>
            ) : (
              <div className="max-w-[656px] pt-6">
                <ErrorForm error={toPublicError(files.error)} alert>
                  <div className="row pt-1">
                    <Button onClick={() => void files.refetch()}>{t('app:retry')}</Button>
                  </div>
                </ErrorForm>
              </div>
            )
          ) : (
            <Lists files={files.data} info={info} staleSince={files.error === null ? null : files.dataUpdatedAt} />
          )}
        </main>
        {open === undefined ? null : <ModelInspector key={open.id} file={open} info={info} />}
      </div>
    </div>
  )
}

function Head({ files, info }: { files: GgufFile[] | undefined; info: AppInfo | undefined }) {
  const { t } = useTranslation(['models', 'app'])
  const query = useModelsStore((store) => store.query)
  const input = useRef<HTMLInputElement>(null)
  useShortcut({
    keys: 'Mod+F',
    group: 'models',
    label: t('app:keys.focusSearch'),
    run: () => input.current?.focus(),
  })
  return (
    <header className="head">
      <h1 className="sr">{t('models:title')}</h1>
      <ModelTabs current="files" />
      <span className="field grow" style={{ maxWidth: 360 }}>
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={input}
          type="search"
          aria-label={t('models:searchLabel')}
          placeholder={files === undefined ? t('models:searchLabel') : t('models:search', { count: files.length })}
          value={query}
          onChange={(event) => useModelsStore.setState({ query: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || query === '') return
            event.stopPropagation()
            useModelsStore.setState({ query: '' })
          }}
        />
        {query === '' ? (
          <span className="hide-n">
            <Kbd keys="Mod+F" />
          </span>
        ) : (
          <button
            type="button"
            aria-label={t('models:clearSearch')}
            onClick={() => {
              useModelsStore.setState({ query: '' })
              input.current?.focus()
            }}
          >
            <X size={14} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
      </span>
      <div className="row end">
        {info === undefined ? null : <Hardware info={info} />}
        <Button icon={<FileDown size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => showImport(true)}>
          {t('models:import')}
        </Button>
      </div>
    </header>
  )
}

function Hardware({ info }: { info: AppInfo }) {
  const { t } = useTranslation('models')
  const text = useHardwareText(info)
  return (
    <span className="s m nw hide-n" title={info.hardware.cpu}>
      {text === '' ? t('cpuOnly') : text}
    </span>
  )
}

/** `RTX 4060 · 8.0 GB VRAM · 32.0 GB RAM` */
export function useHardwareText(info: AppInfo): string {
  const { t } = useTranslation('models')
  const format = useFormat()
  const gpu = info.hardware.gpus[0]
  const card =
    gpu === undefined
      ? t('cpuOnly')
      : gpu.vramBytes === null
        ? gpu.name
        : t('gpu', { name: gpu.name, vram: format.memory(gpu.vramBytes) })
  return t('hardware', { gpu: card, memory: format.memory(info.hardware.memoryBytes) })
}

function Lists({
  files,
  info,
  staleSince,
}: {
  files: GgufFile[]
  info: AppInfo | undefined
  /** When the list was last heard, if it could not be asked again. */
  staleSince: number | null
}) {
  const { t } = useTranslation(['models', 'app'])
  const format = useFormat()
  const { query, sort, direction } = useModelsStore()
  const usable = files.filter((file) => file.state === 'ready' || file.state === 'checking')
  const shown = sortFiles(searchFiles(usable, query), sort, direction)
  const bytes = usable.reduce((sum, file) => sum + file.sizeBytes, 0)
  return (
    <>
      <div className="group">
        <h2>{t('models:onThisMachine')}</h2>
        <span className="m">{t('models:summary', { count: usable.length, size: format.bytes(bytes) })}</span>
        {staleSince === null ? null : (
          <span className="s warn nw">{t('app:asOf', { time: format.time(staleSince) })}</span>
        )}
        <span className="end">
          <Select
            quiet
            label={t('models:sortBy')}
            value={sort}
            options={SORTS.map((key) => ({ value: key, label: t(`models:sort.${key}`) }))}
            onChange={(key) => useModelsStore.setState({ sort: key, direction: firstDirection(key) })}
          />
        </span>
      </div>
      {usable.length === 0 ? (
        <EmptyState sentence={t('models:none')}>
          <Button look="prime" onClick={() => showImport(true)}>
            {t('models:import')}
          </Button>
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState sentence={t('models:noMatch', { query })}>
          <Button onClick={() => useModelsStore.setState({ query: '' })}>{t('models:clearSearch')}</Button>
        </EmptyState>
      ) : (
        <ModelTable files={shown} info={info} />
      )}
      <OfflineModels files={searchFiles(files, query).filter((file) => file.state === 'offline')} />
      <QuarantinedModels files={searchFiles(files, query).filter((file) => file.state === 'quarantined')} />
    </>
  )
}
