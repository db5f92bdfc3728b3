import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { MAX_PASSWORD_BYTES, MIN_PASSWORD } from '#shared/team.ts'
import { EngineError } from '../spec/engine-error.ts'

/** Of argon2id, the package's default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Each takes 19 MB and a core for some 30 ms; more at once would starve the rest of the machine. */
const AT_ONCE = 2
/** Beyond this many that wait, further ones are refused instead of piling up. */
const MOST_WAITING = 200

export interface Passwords {
  /** Throws `invalid_request` for a password that is too short or too long, `queue_full`. */
  hash(password: string): Promise<string>
  /** Whether it is the password. Takes the same time where there is none to compare with. Throws `queue_full`. */
  verify(passwordHash: string | null, password: string): Promise<boolean>
}

/** Throws `invalid_request` with the field's name. */
export function checkPassword(password: string, param = 'password'): void {
  if ([...password].length < MIN_PASSWORD) {
    throw new EngineError('invalid_request', `The password must have at least ${MIN_PASSWORD} characters.`, { param })
  }
  if (isTooLong(password)) {
    throw new EngineError(
      'invalid_request',
      `The password must have at most ${MAX_PASSWORD_BYTES} bytes; letters beyond plain Latin take two to four.`,
      { param },
    )
  }
}

/** Passwords as argon2id, in threads of their own. */
export function createPasswords(): Passwords {
  const waiting: (() => void)[] = []
  let running = 0
  /** In the form of a hash that the same costs made; no password has it. */
  const nobodys = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${unpadded(16)}$${unpadded(32)}`

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) {
        throw new EngineError('queue_full', 'Too many people sign in at this moment. Try again in a few seconds.')
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    async hash(password) {
      checkPassword(password)
      return inTurn(() => hash(password, COST))
    },
    async verify(passwordHash, password) {
      const isComparable = passwordHash !== null && !isTooLong(password)
      const matches = await inTurn(() => verify(isComparable ? passwordHash : nobodys, isComparable ? password : ''))
      return isComparable && matches
    },
  }
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') > MAX_PASSWORD_BYTES
}

function unpadded(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '')
}
