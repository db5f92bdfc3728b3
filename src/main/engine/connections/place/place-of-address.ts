import { BlockList, isIP } from 'node:net'
import type { Place } from '#shared/place.ts'

const HERE = listOf(['127.0.0.0/8', '0.0.0.0/32'], ['::1/128', '::/128'])
/** Private, link-local and carrier-grade NAT (also what Tailscale hands out); IPv6 unique-local and link-local. */
const NEAR = listOf(
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ['fc00::/7', 'fe80::/10'],
)
const DISTANCE: readonly Place[] = ['here', 'near', 'away']

export function isLiteralAddress(host: string): boolean {
  return isIP(withoutZone(host)) !== 0
}

/** Where a literal address is. `own` are the addresses of this machine's interfaces. */
export function placeOfLiteral(address: string, own: readonly string[]): Place {
  const plain = unmapped(withoutZone(address).toLowerCase())
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
  if (HERE.check(plain, family) || own.some((mine) => unmapped(withoutZone(mine).toLowerCase()) === plain))
    return 'here'
  return NEAR.check(plain, family) ? 'near' : 'away'
}

/**
 * Where a host is by what it resolves to: the farthest of its addresses, since a request may go to any of them.
 * Unresolved (no addresses), by the form of its name.
 */
export function placeOfHost(host: string, addresses: readonly string[], own: readonly string[]): Place {
  if (isLiteralAddress(host)) return placeOfLiteral(host, own)
  if (addresses.length === 0) return placeOfName(host)
  const found = addresses.map((address) => DISTANCE.indexOf(placeOfLiteral(address, own)))
  return DISTANCE[Math.max(...found)] ?? 'away'
}

function placeOfName(host: string): Place {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return 'here'
  return name.endsWith('.local') ? 'near' : 'away'
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

/** `::ffff:10.0.0.1`, also as `::ffff:a00:1`, is the IPv4 address in it. */
function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  if (dotted !== undefined) return dotted
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)
  if (hex === null) return address
  const [high, low] = [Number.parseInt(hex[1] ?? '0', 16), Number.parseInt(hex[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function listOf(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList()
  const add = (range: string, family: 'ipv4' | 'ipv6'): void => {
    const [address = '', bits = ''] = range.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  for (const range of ipv4) add(range, 'ipv4')
  for (const range of ipv6) add(range, 'ipv6')
  return list
}
