import { randomFillSync } from 'node:crypto'

const BYTES = 16
const DIGITS = BYTES * 2
/** Random bytes for the next ids: asking the system for each of them, or for its digits, costs more than the id. */
const pool = Buffer.allocUnsafe(BYTES * 256)
let digits = ''
let used = 0

/** `req_` and 32 hex digits. */
export function newRequestId(): string {
  if (used === digits.length) {
    digits = randomFillSync(pool).toString('hex')
    used = 0
  }
  const id = `req_${digits.slice(used, used + DIGITS)}`
  used += DIGITS
  return id
}
