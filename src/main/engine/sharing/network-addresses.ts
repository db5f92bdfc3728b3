import { hostname, networkInterfaces } from 'node:os'
import type { SharingState } from '#shared/sharing.ts'

export type NetworkAddress = SharingState['addresses'][number]

/** Addresses at which other machines may reach this one: IPv4 first, without loopback and link-local ones. */
export function networkAddresses(interfaces = networkInterfaces()): NetworkAddress[] {
  const found: NetworkAddress[] = []
  for (const [name, addresses] of Object.entries(interfaces)) {
    for (const { address, family, internal } of addresses ?? []) {
      if (internal || address.startsWith('169.254.') || address.toLowerCase().startsWith('fe80:')) continue
      found.push({ address, interface: name, family: family === 'IPv6' ? 'IPv6' : 'IPv4' })
    }
  }
  return found.sort((a, b) => a.family.localeCompare(b.family))
}

/** Names under which this machine answers: its host name, and the same with `.local`, which mDNS makes known. */
export function machineNames(name = hostname()): string[] {
  const plain = name.toLowerCase().replace(/\.$/, '')
  if (plain === '' || plain === 'localhost') return []
  const short = plain.split('.')[0] ?? plain
  return [...new Set([plain, `${short}.local`])]
}
