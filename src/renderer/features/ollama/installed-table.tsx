import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OllamaModel } from '#shared/jobs.ts'
import type { Place } from '#shared/place.ts'
import { Button } from '../../components/button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { useNow } from '../../page/use-now.ts'
import type { SortKey } from './model-list.ts'
import { ModelMenu } from './model-menu.tsx'
import { sortBy, useOllamaStore } from './ollama-store.ts'
import { RunningWords } from './running-words.tsx'
import { useModelActions } from './use-model-actions.ts'
import { useNarrow } from './use-narrow.ts'

const ROW_HEIGHT = 36
/** Where there is no room for columns, a second line holds what they say. */
const TALL_ROW_HEIGHT = 52
/** The head of the table stays in view above the rows. */
const HEAD_HEIGHT = 28

/**
 * The installed models. Only rows near the view exist, between two spacers. One row takes part in the Tab order, with
 * its buttons; arrow keys move, Enter opens.
 */
export function InstalledTable({
  models,
  connectionId,
  place,
  scroller,
}: {
  models: readonly OllamaModel[]
  connectionId: string
  place: Place
  /** What scrolls: the page's main part. */
  scroller: RefObject<HTMLElement | null>
}) {
  const { t } = useTranslation(['ollama', 'app'])
  const selected = useOllamaStore((store) => store.selected)
  const table = useRef<HTMLTableElement>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const wanted = useRef<string | null>(null)
  const narrow = useNarrow()
  const rowHeight = narrow ? TALL_ROW_HEIGHT : ROW_HEIGHT
  const margin = useMargin(table, scroller)
  const stop = models.findIndex(({ name }) => name === (focused ?? selected))
  const entry = stop === -1 ? 0 : stop
  const virtualizer = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: HEAD_HEIGHT,
    scrollMargin: margin,
    getItemKey: (index) => models[index]?.name ?? index,
    // The row that has the Tab stop is there wherever the view is.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), Math.min(entry, range.count - 1)])].sort((a, b) => a - b),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer asks for sizes only when it is told to
  useEffect(() => {
    virtualizer.measure()
  }, [virtualizer, rowHeight])
  useShortcut({ keys: '↑', group: 'models', label: t('ollama:rows'), listedOnly: true, run: () => false })
  useShortcut({ keys: '↓', group: 'models', label: t('ollama:rows'), listedOnly: true, run: () => false })

  // The wanted row may only exist after the list has been scrolled to it.
  useEffect(() => {
    if (wanted.current === null) return
    const row = table.current?.querySelector<HTMLElement>(`tr[data-name="${CSS.escape(wanted.current)}"]`)
    if (row === null || row === undefined) return
    wanted.current = null
    row.focus({ preventScroll: true })
  })

  function move(event: KeyboardEvent<HTMLTableRowElement>, position: number): void {
    if (event.target !== event.currentTarget) return
    const target = { ArrowDown: position + 1, ArrowUp: position - 1, Home: 0, End: models.length - 1 }[event.key]
    if (target !== undefined) {
      event.preventDefault()
      const next = Math.min(models.length - 1, Math.max(0, target))
      const name = models[next]?.name ?? null
      wanted.current = name
      setFocused(name)
      virtualizer.scrollToIndex(next)
      // The inspector follows the keys once it is open.
      if (selected !== null) useOllamaStore.setState({ selected: name })
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      useOllamaStore.setState({ selected: models[position]?.name ?? null })
    }
  }

  const items = virtualizer.getVirtualItems()
  const rows: ReactNode[] = []
  let end = margin
  for (const { index, start, size } of items) {
    const model = models[index]
    if (model === undefined) continue
    if (start > end) rows.push(<Gap key={`gap ${index}`} height={start - end} />)
    end = start + size
    rows.push(
      <tr
        key={model.name}
        data-name={model.name}
        aria-rowindex={index + 2}
        aria-selected={model.name === selected}
        tabIndex={index === entry ? 0 : -1}
        onFocus={() => setFocused(model.name)}
        onKeyDown={(event) => move(event, index)}
        onClick={(event) => {
          // A menu of this row hangs elsewhere in the page: what is chosen there is no click on the row.
          if (!event.currentTarget.contains(event.target as Node)) return
          useOllamaStore.setState({ selected: model.name })
        }}
      >
        <Cells model={model} connectionId={connectionId} place={place} narrow={narrow} inTabOrder={index === entry} />
      </tr>,
    )
  }
  const rest = margin + models.length * rowHeight - end
  if (rest > 0) rows.push(<Gap key="rest" height={rest} />)

  return (
    <table
      ref={table}
      className="cols installed"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are selected and moved through is a grid
      role="grid"
      aria-label={t('ollama:installed')}
      aria-rowcount={models.length + 1}
    >
      <thead>
        <tr aria-rowindex={1}>
          <Column by="name">{t('ollama:column.model')}</Column>
          <Column className="c-par">{t('ollama:column.parameters')}</Column>
          <Column by="size" className="c-size" figures>
            {t('ollama:column.size')}
          </Column>
          <Column by="loaded" className="c-load">
            {t('ollama:column.loaded')}
          </Column>
          <Column by="modified" className="c-mod">
            {t('ollama:column.modified')}
          </Column>
          <th className="c-act">
            <span className="sr">{t('ollama:column.action')}</span>
          </th>
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  )
}

/** Stands for rows that are out of view. One cell: spanning columns that are hidden would make them anew, with room of their own. */
function Gap({ height }: { height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing can focus this row
    <tr aria-hidden="true" className="gap">
      <td style={{ height }} />
    </tr>
  )
}

function Cells({
  model,
  connectionId,
  place,
  narrow,
  inTabOrder,
}: {
  model: OllamaModel
  connectionId: string
  place: Place
  narrow: boolean
  /** Tab reaches this row's buttons: those of the one row that it stops at. */
  inTabOrder: boolean
}) {
  const format = useFormat()
  const now = useNow(60_000)
  const { name, quantization, parameterSize, family, running } = model
  const size = model.sizeBytes === 0 ? '' : format.bytes(model.sizeBytes)
  const tabIndex = inTabOrder ? 0 : -1
  const facts = [size, parameterSize, quantization].filter(Boolean)
  return (
    <>
      <td className="name" title={name}>
        <b>{name}</b> {quantization === null || narrow ? null : <span className="n m">{quantization}</span>}
        {narrow ? (
          <span className="s cut block">
            {running === null ? (
              <span className="n m">{facts.join(' · ')}</span>
            ) : (
              <RunningWords running={running} place={place} />
            )}
          </span>
        ) : null}
      </td>
      <td className="c-par cut">
        {parameterSize ?? ''} <span className="m">{family ?? ''}</span>
      </td>
      <td className="n c-size">{size}</td>
      <td className="c-load cut">{running === null ? null : <RunningWords running={running} place={place} />}</td>
      <td className="c-mod m nw">{model.modifiedAt === 0 ? '' : format.ago(model.modifiedAt, now)}</td>
      <td className="c-act">
        <span className="row-acts">
          {running === null ? null : <Unload connectionId={connectionId} model={name} tabIndex={tabIndex} />}
          <ModelMenu connectionId={connectionId} model={name} tabIndex={tabIndex} />
        </span>
      </td>
    </>
  )
}

/** The row of a model, to be focused; the one with the Tab stop where that is gone. */
export function rowOf(model: string): HTMLElement | null {
  const rows = '.installed tbody tr'
  return (
    document.querySelector<HTMLElement>(`${rows}[data-name="${CSS.escape(model)}"]`) ??
    document.querySelector<HTMLElement>(`${rows}[tabindex="0"]`) ??
    document.getElementById('main')
  )
}

function Unload({ connectionId, model, tabIndex }: { connectionId: string; model: string; tabIndex: number }) {
  const { t } = useTranslation('ollama')
  const actions = useModelActions(connectionId)
  const unloading = useOllamaStore((store) => store.unloading[model]) === true
  const failed = useOllamaStore((store) => store.failures[model]) !== undefined
  const button = useRef<HTMLButtonElement>(null)
  // An unloaded model has nothing to unload: the row stays.
  useFocusHeir(button, () => rowOf(model))
  return (
    <Button
      look="quiet"
      className={failed ? 'bad' : ''}
      busy={unloading}
      tabIndex={tabIndex}
      ref={button}
      aria-label={`${t('unload')}: ${model}`}
      onClick={(event) => {
        event.stopPropagation()
        void actions.unload(model)
      }}
    >
      {unloading ? t('unloading') : t('unload')}
    </Button>
  )
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
  const sort = useOllamaStore((store) => store.sort)
  const direction = useOllamaStore((store) => store.direction)
  const classes = [figures ? 'n' : '', className ?? ''].join(' ').trim()
  if (by === undefined) return <th className={classes}>{children}</th>
  const active = sort === by
  const Arrow = direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <th className={classes} aria-sort={active ? direction : 'none'}>
      <button type="button" className="sort" onClick={() => sortBy(by)}>
        {children}
        {active ? <Arrow size={12} strokeWidth={1.75} aria-hidden="true" /> : null}
      </button>
    </th>
  )
}

/** How far the first row is below the top of what scrolls: jobs above it come and go. */
function useMargin(table: RefObject<HTMLTableElement | null>, scroller: RefObject<HTMLElement | null>): number {
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const body = table.current?.tBodies[0]
    if (body === undefined || scroller.current === null) return
    const top =
      body.getBoundingClientRect().top - scroller.current.getBoundingClientRect().top + scroller.current.scrollTop
    setMargin(Math.max(0, Math.round(top)))
  })
  return margin
}
