import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { BUSY } from './busy.ts'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `prime` is ink on paper and stands once per view; `quiet` has no border; `big` is for the first page. */
  look?: 'plain' | 'prime' | 'quiet' | undefined
  big?: boolean | undefined
  /** Its own work runs: it takes no click, and keeps the focus, which `disabled` would take from it. */
  busy?: boolean | undefined
  icon?: ReactNode
  ref?: Ref<HTMLButtonElement> | undefined
}

/** A labelled button, 28 px high. */
export function Button({ look = 'plain', big, busy, icon, className, children, ...rest }: ButtonProps) {
  const classes = ['btn', look === 'plain' ? '' : look, big ? 'big' : '', className ?? ''].filter(Boolean).join(' ')
  return (
    <button type="button" {...rest} {...(busy ? BUSY : {})} className={classes}>
      {icon}
      {children}
    </button>
  )
}
