import type { ButtonHTMLAttributes, MouseEvent } from 'react'

/**
 * Laid over a button while its own work runs. `disabled` would take the focus from it in the middle of that; so it stays
 * where it is, and its clicks are nobody's.
 */
export const BUSY: Pick<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-disabled' | 'onClick'> = {
  'aria-disabled': true,
  onClick(event: MouseEvent) {
    event.preventDefault()
    event.stopPropagation()
  },
}
