import { z } from 'zod'
import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { desktop } from '../../bridge/desktop.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { sendFile } from '../../bridge/upload.ts'
import { refreshJobs, showJob } from './jobs-store.ts'

/** A file on its way from this browser to the engine. From there a job takes it on, and the window may close. */
export interface Sending {
  id: string
  connectionId: string
  model: string
  fileName: string
  sentBytes: number
  totalBytes: number
  error: PublicError | null
}

/** Outlives the sheet, so that another page may be looked at meanwhile. */
export const useUploadStore = create<{ sending: readonly Sending[] }>(() => ({ sending: [] }))

const storedSchema = z.object({ jobId: z.string() })
const running = new Map<string, AbortController>()
let nextId = 1

/**
 * Makes a model of a server out of a GGUF file: by path in the desktop shell, else the file is sent to the engine first.
 * Resolves when a job has it, or when the sending has been given up. Throws what the engine says to a path.
 */
export async function uploadGguf(input: { connectionId: string; model: string; file: File }): Promise<void> {
  const { connectionId, model, file } = input
  const path = desktop()?.pathForFile(file) ?? ''
  if (path !== '') {
    showJob(await client.jobs.upload({ connectionId, model, path }))
    return
  }
  const id = `sending-${nextId}`
  nextId += 1
  const stop = new AbortController()
  running.set(id, stop)
  const sending = { id, connectionId, model, fileName: file.name, sentBytes: 0, totalBytes: file.size, error: null }
  useUploadStore.setState((state) => ({ sending: [...state.sending, sending] }))
  try {
    const answer = await sendFile(file, {
      signal: stop.signal,
      onProgress: (sentBytes) => change(id, { sentBytes: Math.min(sentBytes, file.size) }),
      query: { connection: connectionId, model },
    })
    storedSchema.parse(answer)
    await refreshJobs()
    forgetSending(id)
  } catch (error) {
    if (stop.signal.aborted) forgetSending(id)
    else change(id, { error: toPublicError(error) })
  } finally {
    running.delete(id)
  }
}

/** Stops a file on its way; the engine keeps nothing of it. */
export function stopSending(id: string): void {
  running.get(id)?.abort()
}

/** Takes a failed one off the list. */
export function forgetSending(id: string): void {
  useUploadStore.setState((state) => ({ sending: state.sending.filter((one) => one.id !== id) }))
}

function change(id: string, patch: Partial<Sending>): void {
  useUploadStore.setState((state) => ({
    sending: state.sending.map((one) => (one.id === id ? { ...one, ...patch } : one)),
  }))
}
