import { z } from 'zod'
import type { PublicError } from '#shared/errors.ts'
import type { AddFilesResult } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import { desktop } from '../../bridge/desktop.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { sendFile } from '../../bridge/upload.ts'
import { type Upload, useImportStore } from './import-store.ts'

/** What the engine answers to a stored upload. */
const storedSchema = z.object({ id: z.string(), name: z.string() })

const running = new Map<string, AbortController>()
let nextUpload = 1

/** Adds files and folders by absolute path. Outcomes land in the import store. */
export async function importPaths(paths: string[]): Promise<void> {
  if (paths.length === 0) return
  useImportStore.setState({ adding: true, error: null })
  try {
    take(await client.models.add({ paths }))
  } catch (error) {
    useImportStore.setState({ error: toPublicError(error) })
  } finally {
    useImportStore.setState({ adding: false })
  }
}

/** Adds chosen or dropped files: by path in the desktop shell, by upload in a browser. */
export async function importFiles(files: readonly File[]): Promise<void> {
  const bridge = desktop()
  if (bridge !== null) {
    const paths = files.map((file) => bridge.pathForFile(file)).filter((path) => path !== '')
    await importPaths(paths)
    return
  }
  await Promise.all(files.map(upload))
}

/** Stops an upload that runs. */
export function cancelUpload(id: string): void {
  running.get(id)?.abort()
}

async function upload(file: File): Promise<void> {
  const id = `upload-${nextUpload}`
  nextUpload += 1
  const stop = new AbortController()
  running.set(id, stop)
  useImportStore.setState((state) => ({
    uploads: [...state.uploads, { id, name: file.name, sent: 0, total: file.size, state: 'sending', error: null }],
  }))
  try {
    const answer = await sendFile(file, { signal: stop.signal, onProgress: (sent) => change(id, { sent }) })
    change(id, { state: 'done', sent: file.size })
    const stored = storedSchema.safeParse(answer)
    if (stored.success) take({ added: [{ id: stored.data.id, path: stored.data.name }], refused: [] })
  } catch (error) {
    if (stop.signal.aborted) change(id, { state: 'cancelled' })
    else {
      const reason: PublicError = toPublicError(error)
      change(id, { state: 'failed', error: reason })
    }
  } finally {
    running.delete(id)
  }
}

function change(id: string, patch: Partial<Upload>): void {
  useImportStore.setState((state) => ({
    uploads: state.uploads.map((one) => (one.id === id ? { ...one, ...patch } : one)),
  }))
}

function take(result: AddFilesResult): void {
  useImportStore.setState((state) => ({
    result: {
      added: [...(state.result?.added ?? []), ...result.added],
      refused: [...(state.result?.refused ?? []), ...result.refused],
    },
  }))
}
