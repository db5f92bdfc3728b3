import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { BUSY } from './busy.ts'
import { Tooltip } from './tooltip.tsx'

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** Its name for screen readers, also shown as a tooltip. */
  label: string
  icon: ReactNode
  /** Shortcut shown beside the tooltip's text. */
  shortcut?: string | undefined
  framed?: boolean | undefined
  /** As of a Button: its own work runs. */
  busy?: boolean | undefined
  ref?: Ref<HTMLButtonElement> | undefined
}

/** A square button with an icon and a name. */
export function IconButton({ label, icon, shortcut, framed, busy, className, ...rest }: IconButtonProps) {
  const classes = ['btn', 'ib', framed ? '' : 'quiet', className ?? ''].filter(Boolean).join(' ')
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button type="button" {...rest} {...(busy ? BUSY : {})} aria-label={label} className={classes}>
        {icon}
      </button>
    </Tooltip>
  )
}
