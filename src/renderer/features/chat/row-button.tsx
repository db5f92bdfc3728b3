import type { MouseEvent, ReactNode } from 'react'

/** An icon button inside a row. Its hint is the browser's own: rows come and go by the hundred while scrolling. */
export function RowButton({
  label,
  icon,
  onClick,
  popup,
}: {
  label: string
  icon: ReactNode
  onClick: (event: MouseEvent<HTMLButtonElement>) => void
  popup?: 'menu'
}) {
  return (
    <button
      type="button"
      className="btn quiet ib"
      aria-label={label}
      title={label}
      {...(popup === undefined ? {} : { 'aria-haspopup': popup })}
      onClick={onClick}
    >
      {icon}
    </button>
  )
}
