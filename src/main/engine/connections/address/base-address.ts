import type { RemoteProviderKind } from '#shared/connections.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { suggestAddress } from './suggest-address.ts'

/** An address that a connection can use, and what was left out of the typed text to get there. */
export interface BaseAddress {
  /** Without user, query, fragment and trailing slash. */
  baseUrl: string
  /** Host name or literal address, without brackets. */
  host: string
  port: number
  secure: boolean
  /** One sentence for each thing that was cut off. */
  notes: string[]
  /** Azure: the deployment and version that a pasted target address names. */
  deployment: string | null
  apiVersion: string | null
}

/** Reads what a person typed. Throws `invalid_request` that says what to type; the text itself is never repeated. */
export function readBaseAddress(provider: RemoteProviderKind, typed: string): BaseAddress {
  const text = typed.trim()
  if (!/^https?:\/\//i.test(text)) throw refuseScheme(provider, text)
  if (/\s/.test(text)) throw refuse('The address holds a space. Leave it out.')
  if (!URL.canParse(text)) {
    throw refuse('This is not an address. Type one like http://192.168.1.100:11434 or https://api.openai.com/v1.')
  }
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      `The address holds a user name or password. Type ${plain(url)} and enter what proves who you are as a key or a header: those are kept sealed.`,
    )
  }
  const azure = provider === 'azure' ? cutAzurePath(url) : null
  if (url.hash !== '' || (url.search !== '' && azure === null)) {
    throw refuse(`The address goes on after a "${url.hash === '' ? '?' : '#'}". Leave that out: type ${plain(url)}.`)
  }
  return {
    baseUrl: plain(url),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    secure: url.protocol === 'https:',
    notes: azure?.notes ?? [],
    deployment: azure?.deployment ?? null,
    apiVersion: azure?.apiVersion ?? null,
  }
}

/** Origin and path: what may be shown and stored. */
function plain(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/**
 * Azure's portal offers whole target addresses to copy. The adapter builds deployment and version itself, so the path
 * ends before `/openai`, or with `/openai/v1` where that form is used. Null if there is nothing of the kind in it.
 */
function cutAzurePath(url: URL): Pick<BaseAddress, 'notes' | 'deployment' | 'apiVersion'> | null {
  const version1 = /^(.*?\/openai\/v1)(\/.*)?$/.exec(url.pathname)
  const classic = version1 === null ? /^(.*?)\/openai(?:\/(.*))?$/.exec(url.pathname) : null
  const match = version1 ?? classic
  if (match === null) return null
  const apiVersion = url.searchParams.get('api-version')
  const deployment = decoded(/^deployments\/([^/]+)/.exec(match[2] ?? '')?.[1])
  const rest = (match[2] ?? '').replace(/^\/|\/$/g, '')
  url.pathname = match[1] ?? ''
  url.search = ''
  const isCut = rest !== '' || apiVersion !== null || classic !== null
  const notes = isCut ? [`The address was cut to ${plain(url)}: the rest is added with each request.`] : []
  if (deployment !== null) notes.push(`The deployment ${deployment} was taken from it.`)
  if (apiVersion !== null) notes.push(`The API version ${apiVersion} was taken from it.`)
  return { notes, deployment, apiVersion }
}

function decoded(part: string | undefined): string | null {
  if (part === undefined) return null
  try {
    return decodeURIComponent(part)
  } catch {
    // A lone % is no encoding: the name is what it says.
    return part
  }
}

function refuseScheme(provider: RemoteProviderKind, text: string): EngineError {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1] ?? /^(file|data|blob|unix|mailto):/i.exec(text)?.[1]
  if (scheme !== undefined) {
    return refuse(
      `Switchyard speaks http and https, not ${scheme.toLowerCase()}. Type an address that begins with http:// or https://.`,
    )
  }
  const suggestion = suggestAddress(provider, text)
  return refuse(
    suggestion === null
      ? 'This is not an address. Type one like http://192.168.1.100:11434 or https://api.openai.com/v1.'
      : `Type ${suggestion} instead: an address has to begin with http:// or https://.`,
  )
}

function refuse(message: string): EngineError {
  return new EngineError('invalid_request', message, { param: 'baseUrl' })
}
