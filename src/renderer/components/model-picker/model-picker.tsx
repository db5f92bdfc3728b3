import './model-picker.css'
import { Combobox } from '@base-ui/react/combobox'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { ChevronDown, Search } from 'lucide-react'
import { type RefObject, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { useNow } from '../../page/use-now.ts'
import { Glyph } from '../glyph.tsx'
import { ModelFace } from './model-face.tsx'
import { ModelLine } from './model-line.tsx'
import { type PickerList, type PickerRow, pickerRows } from './picker-rows.ts'

const GROUP_HEIGHT = 28
const MODEL_HEIGHT = 48
/** How often remaining times and ages are told anew, ms. */
const TICK = 10_000

type Rows = Virtualizer<HTMLDivElement, Element>

export interface ModelPickerProps {
  /** The models to choose from, in the order that each group keeps. */
  models: readonly CatalogModel[]
  /** Ids of models that were used lately, the latest first. */
  recent?: readonly string[] | undefined
  /** Said in place of "there is none" while the models are not known. */
  unknown?: string | undefined
  model: CatalogModel | null
  onChange: (model: CatalogModel) => void
  open?: boolean | undefined
  onOpenChange?: ((open: boolean) => void) | undefined
}

/** A button with the model of now; it opens a searchable list of all, by place. Only what can answer now can be chosen. */
export function ModelPicker(props: ModelPickerProps) {
  const { models, recent = [], unknown, model, onChange, open, onOpenChange } = props
  const { t } = useTranslation('chat')
  const [query, setQuery] = useState('')
  const list = useMemo(() => pickerRows(models, recent, query), [models, recent, query])
  const virtualizer = useRef<Rows | null>(null)
  return (
    <Combobox.Root<CatalogModel>
      items={list.models}
      filteredItems={list.models}
      filter={null}
      virtualized
      value={model}
      onValueChange={(next) => {
        if (next !== null && next.state === 'ready') onChange(next)
      }}
      inputValue={query}
      onInputValueChange={setQuery}
      itemToStringLabel={(one) => one.name}
      itemToStringValue={(one) => one.id}
      isItemEqualToValue={(a, b) => a.id === b.id}
      autoHighlight
      {...(open === undefined ? {} : { open })}
      onOpenChange={(next) => {
        if (!next) setQuery('')
        onOpenChange?.(next)
      }}
      onItemHighlighted={(item, { reason, index }) => {
        // What the keyboard reaches is brought into view; under the pointer nothing moves.
        if (item !== undefined && reason !== 'pointer') queueMicrotask(() => show(virtualizer.current, list, index))
      }}
    >
      <Combobox.Trigger
        className="btn picker"
        aria-label={t('picker.label', {
          model: model === null ? t('picker.none') : `${model.name}, ${t(`picker.group.${model.place}`)}`,
        })}
      >
        {model === null ? null : <Glyph place={model.place} />}
        {model?.preset == null ? null : (
          <ModelFace name={model.name} picture={model.preset.profileImageUrl} size={16} />
        )}
        <span className="cut">{model?.name ?? t('picker.none')}</span>
        {model?.isDemo ? <span className="tag hide-n">{t('picker.demo')}</span> : null}
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="pos" side="top" align="start" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className="pop models-pop" aria-label={t('picker.title')}>
            <div className="pick-search">
              <Search size={14} strokeWidth={1.75} aria-hidden="true" />
              <Combobox.Input placeholder={t('picker.search')} aria-label={t('picker.search')} />
              <Combobox.Status className="n m nw">
                {list.models.length === 0 ? null : t('picker.count', { count: list.models.length })}
              </Combobox.Status>
            </div>
            <Combobox.Empty>
              <p className="m pick-empty">
                {models.length === 0 ? (unknown ?? t('picker.noModels')) : t('picker.noMatch')}
              </p>
            </Combobox.Empty>
            <Options list={list} virtualizer={virtualizer} />
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

/** The rows in view. Mounted while the list is open. */
function Options({ list, virtualizer: given }: { list: PickerList; virtualizer: RefObject<Rows | null> }) {
  const { t } = useTranslation('chat')
  const scroller = useRef<HTMLDivElement>(null)
  const now = useNow(TICK)
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: list.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (list.rows[index]?.kind === 'group' ? GROUP_HEIGHT : MODEL_HEIGHT),
    getItemKey: (index) => keyOf(list.rows[index]),
    overscan: 6,
    paddingStart: 4,
    paddingEnd: 4,
    scrollPaddingStart: GROUP_HEIGHT + 4,
    scrollPaddingEnd: 4,
  })
  given.current = virtualizer
  return (
    <Combobox.List ref={scroller} className="pick-list">
      <div role="presentation" className="pick-rows" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start, size }) => {
          const row = list.rows[index]
          if (row === undefined) return null
          const style = { height: size, transform: `translateY(${start}px)` }
          if (row.kind === 'group') {
            return (
              <div key={key} role="presentation" className="itemgroup" style={style}>
                {t(`picker.group.${row.group}`)} <span className="n">{row.count}</span>
              </div>
            )
          }
          return (
            <Combobox.Item
              key={key}
              index={row.index}
              value={row.model}
              disabled={row.model.state !== 'ready'}
              className="item pick"
              style={style}
              aria-setsize={list.models.length}
              aria-posinset={row.index + 1}
            >
              <ModelLine model={row.model} now={now} />
            </Combobox.Item>
          )
        })}
      </div>
    </Combobox.List>
  )
}

function keyOf(row: PickerRow | undefined): string {
  if (row === undefined) return ''
  return row.kind === 'group' ? `group:${row.group}` : row.model.id
}

/** Scrolls to a model; to the very top for the first one, so that its group's name is seen. */
function show(virtualizer: Rows | null, list: PickerList, index: number): void {
  const row = list.rows.findIndex((one) => one.kind === 'model' && one.index === index)
  if (row >= 0) virtualizer?.scrollToIndex(index === 0 ? 0 : row, { align: 'auto' })
}
