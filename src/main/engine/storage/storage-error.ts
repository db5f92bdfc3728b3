import { EngineError, isEngineError } from '../spec/engine-error.ts'

const DAMAGE = ['SQLITE_CORRUPT', 'SQLITE_NOTADB']
const NO_SPACE = ['SQLITE_FULL', 'ENOSPC', 'EDQUOT']

/** Any error of SQLite or of the file system below it, as `disk_full` or `storage_failed`. Engine errors pass unchanged. */
export function toStorageError(error: unknown, file: string): EngineError {
  if (isEngineError(error)) return error
  const code = errorCode(error)
  const detail = `${code ?? 'unknown'}: ${error instanceof Error ? error.message : String(error)}`
  if (code !== null && NO_SPACE.includes(code)) {
    return new EngineError('disk_full', `The disk that holds ${file} is full, so nothing can be saved.`, {
      cause: error,
      detail,
    })
  }
  if (isDamage(error)) {
    return new EngineError('storage_failed', `The database ${file} is damaged.`, { cause: error, detail })
  }
  const busy = code?.startsWith('SQLITE_BUSY') ?? false
  return new EngineError(
    'storage_failed',
    busy ? `The database ${file} is in use by another program.` : `The database ${file} could not be read or written.`,
    { cause: error, detail, retryable: busy },
  )
}

/** True when SQLite says that the file itself is broken or is no database. */
export function isDamage(error: unknown): boolean {
  const code = errorCode(error)
  return code !== null && DAMAGE.some((damage) => code.startsWith(damage))
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}
