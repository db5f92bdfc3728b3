import type { Logger } from '../spec/engine.ts'
import { type Environment, textOf } from './environment-texts.ts'

const FOUR_WEEKS_S = 28 * 86_400
/** For sessions that never expire: beyond anyone's machine, and still a date that every client can read. */
const NEVER_S = 100 * 365 * 86_400
const UNIT_S: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 7 * 86_400 }

/** How long a sign-in lasts, seconds: four weeks, or what JWT_EXPIRES_IN says (`4w`, `1h30m`; `-1` and `0` never end). */
export function sessionLifetime(environment: Environment, log: Logger): number {
  const text = textOf(environment, 'JWT_EXPIRES_IN')
  if (text === undefined) return FOUR_WEEKS_S
  if (text === '-1' || text === '0') return NEVER_S
  const seconds = /^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)
    ? [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_S[unit ?? ''] ?? 0),
        0,
      )
    : Number.NaN
  if (seconds >= 1) return Math.min(Math.round(seconds), NEVER_S)
  log.warn({ variable: 'JWT_EXPIRES_IN' }, 'the lifetime of sign-ins makes no sense, so four weeks hold')
  return FOUR_WEEKS_S
}
