import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Authenticated } from '../engine/spec/team.ts'

/** A token and who it stands for. */
export interface KnownToken {
  token: string
  /** The whole `Authorization` that it came in; null if it came otherwise. */
  authorization: string | null
  answer: Authenticated & { ok: true }
}

/** What the gateway knows of one connection of a client, as long as it is open. */
export interface ClientConnection {
  /** What it has under way, in the order of its requests: nothing else may be written between their answers. */
  readonly underWay: ServerResponse[]
  /** The token of ours that came last: programs send the same one with each request. */
  lastKnown: KnownToken | null
}

const known = new WeakMap<Duplex, ClientConnection>()

/** To be asked once per request: looking it up costs as much as some steps of routing. */
export function clientConnection(socket: Duplex): ClientConnection {
  let connection = known.get(socket)
  if (connection === undefined) {
    connection = { underWay: [], lastKnown: null }
    known.set(socket, connection)
  }
  return connection
}
