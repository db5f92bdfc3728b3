import 'react'

declare module 'react' {
  interface CSSProperties {
    /** Width of a bar's part, read by the bars' styles. */
    '--w'?: string
  }
}
