import type { Logger } from '../spec/engine.ts'
import { type Environment, textOf } from './environment-texts.ts'

const USUAL = 'x-api-key'

/**
 * The headers in which a token may come beside `Authorization`, in lower case and in the order in which they count:
 * that of CUSTOM_API_KEY_HEADER, for who needs the usual ones for a proxy, and the one that Anthropic's clients send.
 * Never `cookie`, which browsers send by themselves.
 */
export function keyHeaders(environment: Environment, log: Logger): readonly string[] {
  const name = textOf(environment, 'CUSTOM_API_KEY_HEADER')?.toLowerCase()
  if (name === undefined || name === USUAL) return [USUAL]
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && name !== 'cookie') return [name, USUAL]
  log.warn(
    { variable: 'CUSTOM_API_KEY_HEADER' },
    'an environment variable names no header that may carry a key, so it is ignored',
  )
  return [USUAL]
}
