import { ArrowDown, ArrowUp, Boxes, Ellipsis, GripVertical, Pause, Pencil, Play, RefreshCw, Trash2 } from 'lucide-react'
import type { DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { ConnectionView } from '#shared/connections.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/menu.tsx'
import { openEditor, useBackendsStore } from './backends-store.ts'
import { isMovable } from './connection-order.ts'
import { useTestRuns } from './test-runs.ts'
import { useConnectionActionStore, useConnectionActions } from './use-connection-actions.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

export interface MoveHandlers {
  /** By so many places. */
  onMove: (by: number) => void
  onDragStart: (event: DragEvent) => void
  onDragEnd: () => void
  isFirst: boolean
  isLast: boolean
}

/** What can be done to a connection. The built-in one has nothing to edit, pause or move. */
export function CellActions({ view, moving }: { view: ConnectionView; moving: MoveHandlers }) {
  const { t } = useTranslation('backends')
  const actions = useConnectionActions()
  const busy = useConnectionActionStore((store) => store.busy[view.id])
  const testing = useTestRuns((store) => store.runs[view.id]?.state === 'running')
  const name = view.title
  if (!isMovable(view)) {
    return (
      <div className="row do">
        <Button
          look="quiet"
          aria-label={t('lookNamed', { name })}
          busy={busy !== undefined}
          onClick={() => void actions.look(view)}
        >
          {busy === 'look' ? t('looking') : t('look')}
        </Button>
        <Link href="/models" className="btn quiet">
          {t('localModels')}
        </Link>
      </div>
    )
  }
  const enabled = view.config?.enabled ?? true
  return (
    <div className="row do">
      <Button look="quiet" aria-label={t('testNamed', { name })} busy={testing} onClick={() => void actions.test(view)}>
        {testing ? t('testing') : t('test')}
      </Button>
      <Button
        look="quiet"
        aria-label={enabled ? t('pauseNamed', { name }) : t('resumeNamed', { name })}
        busy={busy === 'enable'}
        onClick={() => void actions.setEnabled(view, !enabled)}
      >
        {enabled ? t('pause') : t('resume')}
      </Button>
      <Button
        look="quiet"
        aria-label={t('editNamed', { name })}
        onClick={() => openEditor({ kind: 'edit', id: view.id })}
      >
        {t('edit')}
      </Button>
      <span className="row end" style={{ gap: 0 }}>
        <IconButton
          label={t('move', { name })}
          className="grip"
          draggable
          icon={<GripVertical {...icon} size={16} />}
          onDragStart={moving.onDragStart}
          onDragEnd={moving.onDragEnd}
          onKeyDown={(event) => {
            const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
            if (by === undefined) return
            event.preventDefault()
            moving.onMove(by)
          }}
        />
        <CellMenu view={view} moving={moving} />
      </span>
    </div>
  )
}

function CellMenu({ view, moving }: { view: ConnectionView; moving: MoveHandlers }) {
  const { t } = useTranslation('backends')
  const [, navigate] = useLocation()
  const actions = useConnectionActions()
  const enabled = view.config?.enabled ?? true
  const label = t('more', { name: view.title })
  return (
    <Menu label={label} align="end" trigger={<IconButton label={label} icon={<Ellipsis {...icon} size={16} />} />}>
      <MenuItem icon={<RefreshCw {...icon} />} onSelect={() => void actions.look(view)}>
        {t('look')}
      </MenuItem>
      {view.provider === 'ollama' ? (
        <MenuItem icon={<Boxes {...icon} />} onSelect={() => navigate(`/backends/${view.id}/models`)}>
          {t('manage')}
        </MenuItem>
      ) : null}
      <MenuItem icon={<Pencil {...icon} />} onSelect={() => openEditor({ kind: 'edit', id: view.id })}>
        {t('edit')}
      </MenuItem>
      <MenuItem
        icon={enabled ? <Pause {...icon} /> : <Play {...icon} />}
        onSelect={() => void actions.setEnabled(view, !enabled)}
      >
        {enabled ? t('pause') : t('resume')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<ArrowUp {...icon} />} disabled={moving.isFirst} onSelect={() => moving.onMove(-1)}>
        {t('up')}
      </MenuItem>
      <MenuItem icon={<ArrowDown {...icon} />} disabled={moving.isLast} onSelect={() => moving.onMove(1)}>
        {t('down')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 {...icon} />} onSelect={() => useBackendsStore.setState({ removing: view.id })}>
        {t('remove')}
      </MenuItem>
    </Menu>
  )
}
