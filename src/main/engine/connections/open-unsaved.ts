import type { Place } from '#shared/place.ts'
import type { Connection } from '../spec/connections.ts'
import { hostOf, titleOf } from './connection-entry.ts'
import type { CreateAdapter, OpenUpstream } from './live-connections.ts'
import type { AcceptedInput } from './read-input.ts'

interface Surroundings {
  openUpstream: OpenUpstream
  createAdapter: CreateAdapter
  placeOf(host: string): Place
}

/** A connection that is in no list. Whoever asked for it closes its adapter's upstream. */
export function openUnsaved({ config, headers, keys }: AcceptedInput, surroundings: Surroundings): Connection {
  const { openUpstream, createAdapter, placeOf } = surroundings
  const title = titleOf(config)
  const secrets = { keys: keys.map(({ value }) => value), headers }
  const upstream = openUpstream({ config: { ...config, headers: {} }, title, secrets })
  return {
    id: 'unsaved',
    name: title,
    provider: config.provider,
    place: placeOf(hostOf(config)),
    adapter: createAdapter(config.provider, upstream),
    config: upstream.config,
    keyCount: Math.max(1, upstream.keyCount()),
    listKey: 'unsaved',
  }
}
