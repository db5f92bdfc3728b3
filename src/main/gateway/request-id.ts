import { randomFillSync } from 'node:crypto'

const BYTES = 16
/** Random bytes for the next ids: asking the system for each of them costs more than the id. */
const pool = Buffer.allocUnsafe(BYTES * 256)
let used = pool.length

/** `req_` and 32 hex digits. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = `req_${pool.toString('hex', used, used + BYTES)}`
  used += BYTES
  return id
}
