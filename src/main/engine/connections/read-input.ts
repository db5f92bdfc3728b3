import { type ConnectionConfig, type ConnectionInput, connectionInputSchema } from '#shared/connections.ts'
import { EngineError } from '../spec/engine-error.ts'
import { parseRequest } from '../wire/parse-request.ts'
import { type BaseAddress, readBaseAddress } from './address/base-address.ts'
import { isSecretHeader, lastFour, maskOf } from './mask.ts'

/** A key of an accepted configuration: one that is stored already, or a new one. */
export interface AcceptedKey {
  /** Null for a new one. */
  id: string | null
  value: string
}

/** A configuration that may be stored and used. */
export interface AcceptedInput {
  config: Omit<ConnectionConfig, 'headers'>
  headers: Record<string, string>
  keys: AcceptedKey[]
  address: BaseAddress
}

/** What is stored for the connection that an input replaces; null values are sealed and cannot be opened. */
export interface StoredSecrets {
  keys: readonly { id: string; value: string | null }[]
  headers: Readonly<Record<string, string>> | null
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Headers that belong to the connection itself; setting them would break or smuggle requests. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Checks and tidies what a person typed. Throws `invalid_request` that names the field and never repeats a secret. */
export function readInput(input: ConnectionInput, stored: StoredSecrets | null): AcceptedInput {
  const { keys, headers, ...given } = parseRequest(connectionInputSchema, input)
  const address = readBaseAddress(given.provider, given.baseUrl)
  const modelIds = unique(given.modelIds)
  const { deployment, apiVersion } = address
  return {
    address,
    headers: readHeaders(headers, stored?.headers),
    keys: readKeys(keys, stored?.keys ?? []),
    config: {
      ...given,
      name: given.name.trim(),
      baseUrl: address.baseUrl,
      auth: readAuth(given.auth),
      prefixId: readPrefix(given.prefixId),
      tags: unique(given.tags),
      modelIds: modelIds.length === 0 && deployment !== null ? [deployment] : modelIds,
      apiVersion: readVersion(given.apiVersion) ?? apiVersion,
      passthroughParams: unique(given.passthroughParams),
      fingerprint: readFingerprint(given.fingerprint),
    },
  }
}

function readKeys(
  inputs: readonly ({ keep: string } | { value: string })[],
  stored: StoredSecrets['keys'],
): AcceptedKey[] {
  const accepted: AcceptedKey[] = []
  for (const [index, input] of inputs.entries()) {
    const key = 'keep' in input ? keptKey(input.keep, stored, index) : newKey(input.value, stored, index)
    const isDouble = accepted.some((other) => (key.id !== null && other.id === key.id) || other.value === key.value)
    if (isDouble) throw refuse(`Key ${index + 1} is the same as an earlier one. Leave it out.`, `keys[${index}]`)
    accepted.push(key)
  }
  return accepted
}

function keptKey(id: string, stored: StoredSecrets['keys'], index: number): AcceptedKey {
  const known = stored.find((key) => key.id === id)
  if (known === undefined) {
    throw refuse(`Key ${index + 1} is to be kept, but there is no such key. Enter it again.`, `keys[${index}].keep`)
  }
  if (known.value === null) {
    throw refuse(`Key ${index + 1} is stored but cannot be opened. Enter it again.`, `keys[${index}].keep`)
  }
  return { id, value: known.value }
}

function newKey(typed: string, stored: StoredSecrets['keys'], index: number): AcceptedKey {
  const value = typed.trim()
  if (value === '') throw refuse(`Key ${index + 1} is empty. Enter it or leave it out.`, `keys[${index}].value`)
  // A form may send back what it was shown, and a program the key itself.
  const same = stored.find((key) => key.value === value)
  const shown = stored.find((key) => key.value !== null && value === maskOf(lastFour(key.value)))
  const known = same ?? shown
  if (known !== undefined) return keptKey(known.id, stored, index)
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw refuse(
      `Key ${index + 1} holds a space, a line break or a letter that a key cannot have. Copy it again.`,
      `keys[${index}].value`,
    )
  }
  return { id: null, value }
}

function readHeaders(
  typed: Readonly<Record<string, string>>,
  stored: StoredSecrets['headers'] | undefined,
): Record<string, string> {
  const accepted: Record<string, string> = {}
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(typed)) {
    checkHeaderName(name, `headers.${name}`)
    if (seen.has(name.toLowerCase())) throw refuse(`The header ${name} is there twice.`, `headers.${name}`)
    seen.add(name.toLowerCase())
    accepted[name] = readHeaderValue(name, value, stored)
  }
  return accepted
}

function readHeaderValue(name: string, typed: string, stored: StoredSecrets['headers'] | undefined): string {
  const value = typed.trim()
  const known = Object.entries(stored ?? {}).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
  if (known !== undefined && isSecretHeader(name) && value === maskOf(lastFour(known))) return known
  if (value.startsWith(maskOf(''))) {
    throw refuse(`The value of the header ${name} is not known any more. Enter it again.`, `headers.${name}`)
  }
  // Template variables are filled in later, so they need no check here.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw refuse(
      `The value of the header ${name} holds a line break or a letter that a header cannot have.`,
      `headers.${name}`,
    )
  }
  return value
}

function readAuth(auth: ConnectionConfig['auth']): ConnectionConfig['auth'] {
  if (auth.type !== 'header') return { type: auth.type, headerName: null }
  const headerName = auth.headerName?.trim() ?? ''
  if (headerName === '') throw refuse('Say in which header the key goes, such as X-API-Key.', 'auth.headerName')
  checkHeaderName(headerName, 'auth.headerName')
  return { type: 'header', headerName }
}

function checkHeaderName(name: string, param: string): void {
  if (!TOKEN.test(name)) {
    throw refuse('A header name holds letters, digits and dashes, such as X-API-Key, and no space or colon.', param)
  }
  if (OWN_HEADERS.has(name.toLowerCase())) {
    throw refuse(`The header ${name} belongs to the request itself and cannot be set here.`, param)
  }
}

function readPrefix(typed: string | null): string | null {
  const prefix = typed?.trim() ?? ''
  if (/\s/.test(prefix)) throw refuse('A prefix cannot hold a space: it becomes part of model ids.', 'prefixId')
  return prefix === '' ? null : prefix
}

function readVersion(typed: string | null): string | null {
  const version = typed?.trim() ?? ''
  if (version === '') return null
  if (!/^[\w.-]+$/.test(version)) throw refuse('An API version looks like 2024-10-21.', 'apiVersion')
  return version
}

/** Accepts what openssl and browsers show: colons, spaces, capitals, `sha256 Fingerprint=` in front. */
function readFingerprint(typed: string | null): string | null {
  const text = (typed ?? '')
    .replace(/^\s*sha-?256\s*(fingerprint)?\s*[:=]?/i, '')
    .replaceAll(/[\s:]/g, '')
    .toLowerCase()
  if (text === '') return null
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw refuse(
      "A fingerprint is the certificate's SHA-256 as 64 digits and letters from a to f, with or without colons.",
      'fingerprint',
    )
  }
  return text
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))]
}

function refuse(message: string, param: string): EngineError {
  return new EngineError('invalid_request', message, { param })
}
