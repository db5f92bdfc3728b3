import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `prime` is ink on paper and stands once per view; `quiet` has no border; `big` is for the first page. */
  look?: 'plain' | 'prime' | 'quiet' | undefined
  big?: boolean | undefined
  icon?: ReactNode
  ref?: Ref<HTMLButtonElement> | undefined
}

/** A labelled button, 28 px high. */
export function Button({ look = 'plain', big, icon, className, children, ...rest }: ButtonProps) {
  const classes = ['btn', look === 'plain' ? '' : look, big ? 'big' : '', className ?? ''].filter(Boolean).join(' ')
  return (
    <button type="button" {...rest} className={classes}>
      {icon}
      {children}
    </button>
  )
}
