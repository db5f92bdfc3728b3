import { createHash, randomBytes } from 'node:crypto'

/** Short, so that it says little about a weak secret; long enough that a changed text is not missed. */
const DIGEST_BYTES = 8

/** What is kept of each variable that seeded: enough to tell later that it was changed. */
export function digestVariables(variables: ReadonlyMap<string, string>): Map<string, string> {
  const salt = randomBytes(16).toString('hex')
  return new Map([...variables].map(([variable, text]) => [variable, `${salt}:${digest(salt, variable, text)}`]))
}

/** Variables that are set now and say something else than what seeded, by name. One that was taken away is no news. */
export function changedVariables(
  seeded: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
): string[] {
  return [...variables].flatMap(([variable, text]) => {
    const [salt = '', known] = seeded.get(variable)?.split(':') ?? []
    return known === digest(salt, variable, text) ? [] : [variable]
  })
}

function digest(salt: string, variable: string, text: string): string {
  const hash = createHash('sha256').update(`${salt}\n${variable}\n${text}`)
  return hash.digest().subarray(0, DIGEST_BYTES).toString('hex')
}
