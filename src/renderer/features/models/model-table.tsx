import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { AppInfo } from '#shared/app-info.ts'
import type { GgufFile } from '#shared/models.ts'
import { Button } from '../../components/button.tsx'
import { Progress } from '../../components/progress.tsx'
import { Tag } from '../../components/tag.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { useNow } from '../../page/use-now.ts'
import { FitBar } from './fit-bar.tsx'
import { displayName, firstDirection, fitOf, quantizationBeside, type SortKey } from './model-view.ts'
import { useModelsStore } from './models-store.ts'
import { useModelActionStore, useModelActions } from './use-model-actions.ts'

/** The dense list of usable models. One row takes part in the Tab order; arrow keys move, Enter opens. */
export function ModelTable({ files, info }: { files: readonly GgufFile[]; info: AppInfo | undefined }) {
  const { t } = useTranslation(['models', 'app'])
  const format = useFormat()
  const selected = useModelsStore((store) => store.selected)
  const body = useRef<HTMLTableSectionElement>(null)
  useShortcut({ keys: '↑', group: 'models', label: t('app:keys.rows'), listedOnly: true, run: () => false })
  useShortcut({ keys: '↓', group: 'models', label: t('app:keys.rows'), listedOnly: true, run: () => false })
  useShortcut({ keys: 'Enter', group: 'models', label: t('app:keys.openRow'), listedOnly: true, run: () => false })
  const entry = files.some((file) => file.id === selected) ? selected : (files[0]?.id ?? null)
  const vram = info?.hardware.gpus.reduce((most, gpu) => Math.max(most, gpu.vramBytes ?? 0), 0) ?? 0

  function move(event: KeyboardEvent<HTMLTableRowElement>, position: number): void {
    if (event.target !== event.currentTarget) return
    const target = { ArrowDown: position + 1, ArrowUp: position - 1, Home: 0, End: files.length - 1 }[event.key]
    if (target !== undefined) {
      event.preventDefault()
      const row = body.current?.rows[Math.min(files.length - 1, Math.max(0, target))]
      row?.focus()
      // The inspector follows the keys once it is open.
      if (selected !== null && row?.dataset.id !== undefined) useModelsStore.setState({ selected: row.dataset.id })
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      useModelsStore.setState({ selected: files[position]?.id ?? null })
    }
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are selected and moved through is a grid
    <table className="cols" role="grid" aria-label={t('models:onThisMachine')}>
      <thead>
        <tr>
          <Column by="name">{t('models:column.model')}</Column>
          <Column className="c-arch">{t('models:column.architecture')}</Column>
          <Column by="size" className="c-size" figures>
            {t('models:column.size')}
          </Column>
          <Column className="c-fit">
            {info === undefined
              ? ''
              : vram > 0
                ? t('models:column.fitsVram', { size: format.memory(vram) })
                : t('models:column.fits', { size: format.memory(info.hardware.memoryBytes) })}
          </Column>
          <Column by="context" className="c-ctx" figures>
            {t('models:column.context')}
          </Column>
          <Column by="used" className="c-used">
            {t('models:column.used')}
          </Column>
          <th className="c-act">
            <span className="sr">{t('models:column.action')}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {files.map((file, position) => (
          <tr
            key={file.id}
            data-id={file.id}
            aria-selected={file.id === selected}
            tabIndex={file.id === entry ? 0 : -1}
            onKeyDown={(event) => move(event, position)}
            onClick={() => useModelsStore.setState({ selected: file.id })}
          >
            <td className="name">
              <b>{displayName(file)}</b>{' '}
              <span className="n m">{quantizationBeside(file.id, file.facts?.quantization)}</span>{' '}
              {file.source === 'built-in' ? <Tag>{t('models:source.built-in')}</Tag> : null}
            </td>
            <td className="c-arch cut">
              {file.facts?.architecture ?? ''} <span className="m">{parameters(file)}</span>
            </td>
            <td className="n c-size">{format.bytes(file.sizeBytes)}</td>
            <td className="c-fit">{info === undefined ? null : <FitBar fit={fitOf(file, info.hardware)} />}</td>
            <td className="n c-ctx">{file.facts === null ? '' : format.compact(file.facts.contextLength)}</td>
            <td className="c-used">
              <Used file={file} />
            </td>
            <td className="c-act">
              <RowAction file={file} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )

  function parameters(file: GgufFile): string {
    if (file.facts?.sizeLabel) return file.facts.sizeLabel
    const count = file.facts?.parameterCount
    return count === null || count === undefined
      ? ''
      : new Intl.NumberFormat('en', { notation: 'compact' }).format(count)
  }
}

function Column({
  by,
  figures,
  className,
  children,
}: {
  by?: SortKey
  figures?: boolean
  className?: string
  children: ReactNode
}) {
  const { sort, direction } = useModelsStore()
  const classes = [figures ? 'n' : '', className ?? ''].join(' ').trim()
  if (by === undefined) return <th className={classes}>{children}</th>
  const active = sort === by
  const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <th className={classes} aria-sort={active ? direction : 'none'}>
      <button
        type="button"
        className="sort"
        onClick={() =>
          useModelsStore.setState({
            sort: by,
            direction: active ? (direction === 'ascending' ? 'descending' : 'ascending') : firstDirection(by),
          })
        }
      >
        {children}
        {active ? <Arrow size={12} strokeWidth={1.75} aria-hidden="true" /> : null}
      </button>
    </th>
  )
}

/** When it was last used; what the runtime does with it now comes first. */
function Used({ file }: { file: GgufFile }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const now = useNow(30_000)
  if (file.state === 'checking') return <span className="m">{t('checking')}</span>
  if (file.loaded?.state === 'loading') {
    const percent = Math.round(file.loaded.progress * 100)
    return (
      <span className="grid gap-1">
        <span className="s">{t('loadingPercent', { percent })}</span>
        <Progress value={file.loaded.progress} label={t('loading')} />
      </span>
    )
  }
  if (file.loaded?.state === 'unloading') return <span className="m">{t('unloading')}</span>
  if (file.loaded !== null) {
    const memory = file.loaded.memory.vram > 0 ? file.loaded.memory.vram : file.loaded.memory.ram
    return (
      <span className="nw">
        <b className="p here">{t('loaded')}</b> <span className="n m">· {format.memory(memory)}</span>
      </span>
    )
  }
  return <span className="m">{file.lastUsedAt === null ? t('never') : format.ago(file.lastUsedAt, now)}</span>
}

function RowAction({ file }: { file: GgufFile }) {
  const { t } = useTranslation('models')
  const actions = useModelActions()
  const busy = useModelActionStore((store) => store.busy[file.id])
  const failed = useModelActionStore((store) => store.errors[file.id])
  const loaded = file.loaded?.state === 'loaded'
  // While it loads or unloads there is nothing to choose; the cell before says so.
  if (file.state !== 'ready') return <span className="only-narrow m">{t('checking')}</span>
  if (file.loaded !== null && !loaded) {
    const percent = Math.round(file.loaded.progress * 100)
    return <span className="only-narrow n m">{file.loaded.state === 'loading' ? `${percent} %` : t('unloading')}</span>
  }
  const name = displayName(file)
  return (
    <Button
      look="quiet"
      className={failed === undefined ? 'flush' : 'flush bad'}
      disabled={busy !== undefined}
      aria-label={`${loaded ? t('unload') : t('load')}: ${name}`}
      onClick={async (event) => {
        event.stopPropagation()
        await (loaded ? actions.unload(file) : actions.load(file))
        // A failure is shown in the inspector, with its reason.
        if (useModelActionStore.getState().errors[file.id] !== undefined) useModelsStore.setState({ selected: file.id })
      }}
    >
      {loaded ? t('unload') : t('load')}
    </Button>
  )
}
