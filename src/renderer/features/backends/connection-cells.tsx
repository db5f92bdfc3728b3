import { type DragEvent, useState } from 'react'
import type { ConnectionView } from '#shared/connections.ts'
import { ConnectionCell } from './connection-cell.tsx'
import { isMovable, movedBy, movedOnto } from './connection-order.ts'
import { useConnectionActions } from './use-connection-actions.ts'

/** The grid of connections, in the order in which they are listed everywhere. Dragging the grip moves one. */
export function ConnectionCells({ views }: { views: readonly ConnectionView[] }) {
  const actions = useConnectionActions()
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const movable = views.filter(isMovable)

  function place(view: ConnectionView, ids: string[] | null): void {
    if (ids !== null) void actions.reorder(ids, view)
  }

  return views.map((view) => (
    <ConnectionCell
      key={view.id}
      view={view}
      dropping={over === view.id && dragged !== null && dragged !== view.id}
      onDragOver={(event) => {
        if (dragged === null || !isMovable(view)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'move'
        setOver(view.id)
      }}
      onDrop={(event) => {
        const moved = views.find(({ id }) => id === dragged)
        if (moved === undefined) return
        event.preventDefault()
        setDragged(null)
        setOver(null)
        place(moved, movedOnto(views, moved.id, view.id))
      }}
      moving={{
        isFirst: movable[0]?.id === view.id,
        isLast: movable.at(-1)?.id === view.id,
        onMove: (by) => place(view, movedBy(views, view.id, by)),
        onDragStart(event: DragEvent) {
          event.dataTransfer.effectAllowed = 'move'
          event.dataTransfer.setData('text/plain', view.title)
          const cell = event.currentTarget.closest('.cell')
          if (cell !== null) event.dataTransfer.setDragImage(cell, 24, 24)
          setDragged(view.id)
        },
        onDragEnd() {
          setDragged(null)
          setOver(null)
        },
      }}
    />
  ))
}
