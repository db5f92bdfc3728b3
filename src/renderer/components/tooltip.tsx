import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'

/** A short hint on hover and focus. The element must be able to take focus and have its own accessible name. */
export function Tooltip({
  text,
  shortcut,
  children,
}: {
  text: string
  shortcut?: string | undefined
  children: ReactElement
}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="pos" style={{ zIndex: 40 }}>
          {/* The element has this name already. */}
          <Base.Popup className="tip" aria-hidden="true">
            {text} {shortcut === undefined ? null : <kbd>{shortcut}</kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
