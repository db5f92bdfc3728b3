import type { ReactNode } from 'react'

/** One sentence and a working control. */
export function EmptyState({ sentence, children }: { sentence: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="m">{sentence}</p>
      {children === undefined ? null : <div className="row mt-2 flex-wrap">{children}</div>}
    </div>
  )
}
