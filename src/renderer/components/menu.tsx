import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A menu that opens from a button: arrow keys, type-ahead and Escape work. */
export function Menu({
  trigger,
  label,
  children,
  align = 'start',
  side = 'bottom',
}: {
  /** The button; it must have an accessible name. */
  trigger: ReactElement
  /** What the menu is, for screen readers; `Menu` unless told. */
  label?: string | undefined
  children: ReactNode
  align?: 'start' | 'end' | undefined
  side?: 'top' | 'bottom' | undefined
}) {
  const { t } = useTranslation('app')
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          role="region"
          aria-label={label ?? t('menu')}
          className="pos"
          sideOffset={4}
          align={align}
          side={side}
        >
          <Base.Popup className="pop">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** One command of a menu. */
export function MenuItem({
  children,
  icon,
  onSelect,
  disabled,
}: {
  children: ReactNode
  icon?: ReactNode
  onSelect: () => void
  disabled?: boolean | undefined
}) {
  return (
    <Base.Item className="item" onClick={onSelect} disabled={disabled ?? false}>
      {icon}
      {children}
    </Base.Item>
  )
}

/** A hairline between groups of commands. */
export function MenuSeparator() {
  return <Base.Separator className="sep" />
}
