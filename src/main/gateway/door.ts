/** One way into the gateway. */
export interface Door {
  readonly listener: 'local' | 'network'
  /** Whether it speaks TLS. */
  readonly encrypted: boolean
  /** Whether a request may name this host, given in lower case and with the port that it came with. */
  knowsHost(host: string): boolean
}

/** Names for this machine that no foreign DNS can bind to another address. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/
const PORT = /:\d{1,5}$/

/** This machine's own door, on the loopback interface. */
export const LOCAL_DOOR: Door = {
  listener: 'local',
  encrypted: false,
  knowsHost: (host) => LOOPBACK_HOST.test(host),
}

/** The door that sharing opens. `hosts` are the addresses and names under which this machine is reached. */
export function networkDoor(hosts: readonly string[], encrypted: boolean): Door {
  const known = new Set(hosts.map((host) => inUrlForm(host.trim().toLowerCase())))
  return { listener: 'network', encrypted, knowsHost: (host) => known.has(host.replace(PORT, '')) }
}

/** IPv6 addresses stand in brackets in a Host header. */
function inUrlForm(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
