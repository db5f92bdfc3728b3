import type { ReactNode } from 'react'

/** A small framed word, such as `demo`. */
export function Tag({ children }: { children: ReactNode }) {
  return <span className="tag">{children}</span>
}
