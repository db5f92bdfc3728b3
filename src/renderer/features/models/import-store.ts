import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import type { AddFilesResult } from '#shared/models.ts'

/** One file on its way from a browser to the engine. Bytes. */
export interface Upload {
  id: string
  name: string
  sent: number
  total: number
  state: 'sending' | 'done' | 'cancelled' | 'failed'
  error: PublicError | null
}

export interface ImportState {
  /** Whether the sheet is shown. */
  open: boolean
  /** Paths are being looked at by the engine. */
  adding: boolean
  uploads: readonly Upload[]
  /** What the last additions came to, newest merged in. */
  result: AddFilesResult | null
  /** A call that failed as a whole. */
  error: PublicError | null
}

/** State of the import sheet; it outlives the sheet, so that an upload can be left running. */
export const useImportStore = create<ImportState>(() => ({
  open: false,
  adding: false,
  uploads: [],
  result: null,
  error: null,
}))

/** Shows or hides the sheet. A newly opened one forgets old outcomes, except uploads that still run. */
export function showImport(open: boolean): void {
  useImportStore.setState((state) =>
    open && !state.open
      ? { open, result: null, error: null, uploads: state.uploads.filter((upload) => upload.state === 'sending') }
      : { open },
  )
}
