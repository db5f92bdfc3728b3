import { ORPCError } from '@orpc/client'
import { publicErrorSchema } from '#shared/errors.ts'

/**
 * Sends a file to the engine that serves this page. XMLHttpRequest, because fetch does not tell upload progress.
 * Resolves with the engine's JSON answer; rejects with the engine's error as ORPCError, or with a plain Error when the
 * connection broke or the signal aborted.
 */
export function sendFile(
  file: File,
  options: {
    signal: AbortSignal
    onProgress: (sentBytes: number) => void
    /** More about the file, such as the connection that it is for. */
    query?: Readonly<Record<string, string>>
  },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const query = new URLSearchParams({ name: file.name, ...options.query })
    request.open('POST', `${globalThis.location.origin}/ui/upload?${query}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', (event) => options.onProgress(event.loaded))
    request.addEventListener('load', () => {
      const answer = readJson(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(answer)
      else reject(refusal(request.status, answer))
    })
    request.addEventListener('error', () => reject(new Error('The connection broke')))
    request.addEventListener('abort', () => reject(new Error('The upload was cancelled')))
    options.signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not ours: the status alone tells.
    return null
  }
}

/** The engine's error may stand alone or under `error`. */
function refusal(status: number, answer: unknown): Error {
  const inner = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : answer
  const known = publicErrorSchema.safeParse(inner)
  if (known.success) return new ORPCError('ENGINE', { message: known.data.message, data: known.data })
  return new ORPCError('ENGINE', { message: `The upload was refused with status ${status}.` })
}
