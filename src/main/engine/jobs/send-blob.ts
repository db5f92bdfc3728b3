import { type Attempt, type JobRun, MOVING_PATIENCE_MS, persevere, QUIET_PATIENCE_MS } from './persevere.ts'
import { readToEnd } from './read-to-end.ts'
import { digestOf, type FileDigest, fileFacts, sendFile } from './weight-file.ts'

/** The whole body goes out before the server answers, ms. */
const SEND_LIMIT_MS = 86_400_000

const READING = 'reading the file'
const SENDING = 'sending the file'
const SENDING_AGAIN = 'sending the file again from its beginning, because Ollama keeps no part of it'

/**
 * Brings a GGUF file onto the server unless it is there. Resolves with its digest. Throws as persevere does.
 */
export async function sendBlob(run: JobRun, path: string): Promise<string> {
  const known = await readDigest(run, path)
  let sentBefore = false
  await persevere(run, async (attempt) => {
    if (await hasBlob(attempt, known.digest)) return
    attempt.startOver()
    const phase = sentBefore ? SENDING_AGAIN : SENDING
    attempt.phase(phase, MOVING_PATIENCE_MS)
    sentBefore = true
    await postBlob(attempt, path, known, phase)
  })
  return known.digest
}

/** Whether the server has a blob: a blob that was sent whole is there whatever became of the answer. */
export async function hasBlob(attempt: Attempt, digest: string): Promise<boolean> {
  const { upstream, signal } = attempt
  const response = await upstream.request({ method: 'HEAD', path: `/api/blobs/${digest}`, signal })
  if (response.status >= 300 && response.status !== 404) throw await upstream.httpError(response)
  await readToEnd(response)
  return response.status < 300
}

async function postBlob(attempt: Attempt, path: string, file: FileDigest, phase: string): Promise<void> {
  const { upstream, signal } = attempt
  const { digest, sizeBytes } = file
  const onSent = (sent: number): void => {
    attempt.layer({ status: phase, digest, total: sizeBytes, completed: sent })
    attempt.bytes(digest, sent, sizeBytes)
    if (sent === sizeBytes) attempt.phase('waiting until the server has checked the file', QUIET_PATIENCE_MS)
  }
  await sendFile(path, file, onSent, async (body) => {
    const response = await upstream.open({
      method: 'POST',
      path: `/api/blobs/${digest}`,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
      body,
      signal,
      firstByteMs: SEND_LIMIT_MS,
    })
    await readToEnd(response)
  })
}

async function readDigest(run: JobRun, path: string): Promise<FileDigest> {
  const { files } = run.record.checkpoint
  const known = files[path]
  const facts = await fileFacts(path)
  if (known !== undefined && known.sizeBytes === facts.sizeBytes && known.modifiedAt === facts.modifiedAt) return known
  const read = await persevere(run, async (attempt) => {
    attempt.startOver()
    attempt.phase(READING, QUIET_PATIENCE_MS)
    return digestOf(path, attempt.signal, (bytes, size) => attempt.bytes(path, bytes, size))
  })
  files[path] = read
  return read
}
