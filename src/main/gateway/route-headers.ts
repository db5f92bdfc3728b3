import { remembered } from '#shared/remembered.ts'
import type { RouteRecord } from '../engine/spec/engine.ts'

/** Longest list of fields in a header, characters. */
const MAX_HEADER = 1_000

/** Where an answer comes from. The request's id becomes the pipeline's, under which the ledger knows it. */
export function routeHeaders(route: RouteRecord): Record<string, string> {
  const headers: Record<string, string> = { 'X-Request-Id': route.requestId }
  const list = routeHeaderList(route)
  for (let index = 0; index < list.length; index += 2) headers[list[index] ?? ''] = list[index + 1] ?? ''
  return headers
}

/** The same, names and values in turn, without `X-Request-Id`, which every answer has. */
export function routeHeaderList(route: RouteRecord): string[] {
  const list = [
    // What Anthropic's clients read.
    'Request-Id',
    // Ours, in hex digits.
    route.requestId,
    'X-Switchyard-Place',
    route.place,
    'X-Switchyard-Connection',
    headerText(route.connectionId),
    'X-Switchyard-Connection-Name',
    headerText(route.connectionName),
    'X-Switchyard-Model',
    headerText(route.modelId),
    'X-Switchyard-Attempts',
    route.attempts === undefined ? '1' : String(route.attempts.length + 1),
  ]
  if (route.notSent !== undefined) list.push('X-Switchyard-Not-Sent', headerText(bounded(route.notSent.join(', '))))
  return list
}

/** Field names may come from the caller, and clients give up on heads above 16 kB. */
function bounded(text: string): string {
  return text.length <= MAX_HEADER ? text : `${text.slice(0, MAX_HEADER)}...`
}

/**
 * Header values are ASCII; a model named after a file in another script is percent-encoded. Half characters, which a
 * caller may send and a shortened list may end with, have no such code.
 */
function headerText(text: string): string {
  return text.length > MAX_KNOWN_LENGTH ? asHeader(text) : knownHeader(text)
}

/** Names of models and connections are few and stand in every answer. */
const knownHeader = remembered(1_000, asHeader)
const MAX_KNOWN_LENGTH = 200

function asHeader(text: string): string {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : encodeURIComponent(text.toWellFormed())
}
