/** Who is on the other end, for messages. */
export interface ServerIdentity {
  provider: string
  /** The connection's name. */
  title: string
  /** `http://192.168.1.5:11434`, without path. */
  origin: string
  /** Name or address without brackets and port. */
  hostname: string
}

/** `Workstation (192.168.1.5:11434)`, or only the host where that is the connection's name. */
export function named({ title, origin }: ServerIdentity): string {
  const host = origin.slice(origin.indexOf('://') + 3)
  return title === '' || title === host ? host : `${title} (${host})`
}

/** Milliseconds as a person says them: `5 s`, `0.3 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
