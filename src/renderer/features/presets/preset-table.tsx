import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { findByName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { PresetQuery, PresetRow } from '#shared/presets.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { Glyph } from '../../components/glyph.tsx'
import { ModelFace } from '../../components/model-picker/model-face.tsx'
import { Tag } from '../../components/tag.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { presetPath } from './preset-address.ts'
import { pictureOf, tagsOf } from './preset-meta.ts'
import { choose, setQuery, usePresetsStore } from './presets-store.ts'
import { RowMenu } from './row-menu.tsx'
import { WhoMay } from './who-may.tsx'

/** Tags of a row that are shown; the others are counted. */
const SHOWN_TAGS = 3

/** One page of models. Names lead to the editor; boxes choose rows for the bar above. */
export function PresetTable({ rows }: { rows: readonly PresetRow[] }) {
  const { t } = useTranslation('presets')
  const chosen = usePresetsStore((store) => store.chosen)
  const catalog = useCatalog().data
  const now = useNow(30_000)
  const ids = rows.map((row) => row.preset.id)
  const count = ids.filter((id) => chosen.has(id)).length
  return (
    <table className="cols presets" aria-label={t('title')}>
      <thead>
        <tr>
          <th className="c-box">
            <input
              type="checkbox"
              aria-label={t('chooseAll')}
              checked={count === ids.length}
              ref={(box) => {
                if (box !== null) box.indeterminate = count > 0 && count < ids.length
              }}
              onChange={(event) => choose(ids, event.target.checked)}
            />
          </th>
          <Column by="name">{t('column.model')}</Column>
          <th className="c-base">{t('column.base')}</th>
          <th className="c-tags">{t('column.tags')}</th>
          <th className="c-who">{t('column.who')}</th>
          <Column by="updated_at" className="c-updated">
            {t('column.updated')}
          </Column>
          <th className="c-more">
            <span className="sr">{t('column.action')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.preset.id} row={row} chosen={chosen.has(row.preset.id)} catalog={catalog} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function Row({
  row,
  chosen,
  catalog,
  now,
}: {
  row: PresetRow
  chosen: boolean
  catalog: readonly CatalogModel[] | undefined
  now: number
}) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const { preset } = row
  const tags = tagsOf(preset.meta)
  return (
    <tr aria-selected={chosen}>
      <td className="c-box">
        <input
          type="checkbox"
          aria-label={t('chooseOne', { name: preset.name })}
          checked={chosen}
          onChange={(event) => choose([preset.id], event.target.checked)}
        />
      </td>
      <td className="name">
        <span className="row">
          <ModelFace name={preset.name} picture={pictureOf(preset.meta)} size={24} />
          <Link className="to" href={presetPath(preset.id)}>
            {preset.name}
          </Link>
          <span className="n m cut preset-id">{preset.id}</span>
          {row.state === 'ready' ? null : (
            <span className={row.state === 'inactive' ? 's m nw' : 's warn nw'}>{t(`state.${row.state}`)}</span>
          )}
        </span>
      </td>
      <td className="c-base">
        <Base row={row} catalog={catalog} />
      </td>
      <td className="c-tags">
        <span className="row" title={tags.join(', ')}>
          {tags.slice(0, SHOWN_TAGS).map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
          {tags.length > SHOWN_TAGS ? (
            <span className="s m" title={tags.slice(SHOWN_TAGS).join(', ')}>
              +{tags.length - SHOWN_TAGS}
            </span>
          ) : null}
        </span>
      </td>
      <td className="c-who cut">
        <WhoMay grants={preset.grants} ownerId={preset.ownerId} ownerName={row.ownerName} />
      </td>
      <td className="c-updated m nw">{format.ago(preset.updatedAt * 1000, now)}</td>
      <td className="c-more">
        <RowMenu row={row} />
      </td>
    </tr>
  )
}

/** What answers in the end, in its place; a missing base keeps its id and leads to where another is chosen. */
function Base({ row, catalog }: { row: PresetRow; catalog: readonly CatalogModel[] | undefined }) {
  const { t } = useTranslation('presets')
  const id = row.resolvedBaseId ?? row.preset.baseModelId
  if (id === null) return null
  const base = findByName(catalog ?? [], id)
  if (row.state === 'missing-base' && row.canWrite) {
    return (
      <span className="row">
        <span className="cut m">{id}</span>
        <Link className="nw s" href={presetPath(row.preset.id)} aria-label={`${t('rebindOne')}: ${row.preset.name}`}>
          {t('rebindOne')}
        </Link>
      </span>
    )
  }
  return (
    <span className="row">
      {base === undefined ? null : <Glyph place={base.place} named />}
      <span className="cut" title={id}>
        {base?.name ?? id}
      </span>
    </span>
  )
}

function Column({
  by,
  className,
  children,
}: {
  by: PresetQuery['orderBy']
  className?: string | undefined
  children: ReactNode
}) {
  const { orderBy, direction } = usePresetsStore((store) => store.query)
  const active = orderBy === by
  const Arrow = direction === 'asc' ? ArrowUp : ArrowDown
  const first = by === 'name' ? 'asc' : 'desc'
  return (
    <th className={className} aria-sort={active ? (direction === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className="sort"
        onClick={() => setQuery({ orderBy: by, direction: active ? (direction === 'asc' ? 'desc' : 'asc') : first })}
      >
        {children}
        {active ? <Arrow size={12} strokeWidth={1.75} aria-hidden="true" /> : null}
      </button>
    </th>
  )
}
