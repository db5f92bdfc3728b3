import { expect, test } from 'vitest'
import { placeOfHost, placeOfLiteral } from '../../../src/main/engine/connections/place/place-of-address.ts'
import { createPlaceWatch } from '../../../src/main/engine/connections/place/watch-places.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createTestLog } from '../../support/test-log.ts'
import { until } from '../../support/until.ts'

test.each([
  ['127.0.0.1', 'here'],
  ['127.8.9.1', 'here'],
  ['0.0.0.0', 'here'],
  ['::1', 'here'],
  ['::ffff:127.0.0.1', 'here'],
  ['::ffff:7f00:1', 'here'],
  ['192.168.1.20', 'here'],
  ['fd00::20', 'here'],
  ['192.168.1.21', 'near'],
  ['10.1.2.3', 'near'],
  ['172.16.0.1', 'near'],
  ['172.31.255.255', 'near'],
  ['172.32.0.1', 'away'],
  ['169.254.3.4', 'near'],
  ['100.64.0.1', 'near'],
  ['100.128.0.1', 'away'],
  ['fd12:3456::1', 'near'],
  ['fe80::1%eth0', 'near'],
  ['::ffff:a00:1', 'near'],
  ['2001:db8::1', 'away'],
  ['93.184.216.34', 'away'],
] as const)('%s is %s', (address, place) => {
  expect(placeOfLiteral(address, ['192.168.1.20', 'fd00::20'])).toBe(place)
})

test.each([
  ['nas', ['192.168.1.5'], 'near'],
  ['nas', ['192.168.1.5', '127.0.0.1'], 'near'],
  ['both', ['127.0.0.1', '93.184.216.34'], 'away'],
  ['self', ['::1', '127.0.0.1'], 'here'],
  ['nas', [], 'away'],
  ['nas.local', [], 'near'],
  ['localhost', [], 'here'],
  ['LOCALHOST.', [], 'here'],
  ['10.0.0.1', [], 'near'],
] as const)('%s at %j is %s', (host, addresses, place) => {
  expect(placeOfHost(host, addresses, [])).toBe(place)
})

test('hosts are resolved in the background once a minute, one at a time, and keep what was known while a name server fails', async () => {
  const clock = createManualClock()
  const asked: string[] = []
  let answer: (addresses: string[] | Error) => void = () => undefined
  let looked = 0
  const watch = createPlaceWatch({
    resolveHost: (host) => {
      asked.push(host)
      return new Promise((resolve, reject) => {
        answer = (result) => (result instanceof Error ? reject(result) : resolve(result))
      })
    },
    ownAddresses: () => [],
    clock,
    log: createTestLog(),
    hosts: () => ['a.example', '10.0.0.1', 'b.example'],
    looked: () => void looked++,
  })
  watch.start()
  expect([watch.placeOf('a.example'), watch.placeOf('10.0.0.1')]).toEqual(['away', 'near'])
  expect(asked).toEqual(['a.example'])
  // A look that somebody else asks for joins the one under way.
  const joined = watch.look('a.example')
  answer(['10.0.0.7'])
  await joined
  await until('the next host is asked', () => (asked.length === 2 ? true : null))
  expect(asked).toEqual(['a.example', 'b.example'])
  expect([watch.placeOf('a.example'), looked]).toEqual(['near', 1])
  answer(new Error('SERVFAIL'))
  await until('the round is over', () => (clock.pending() === 1 ? true : null))
  expect(watch.placeOf('b.example')).toBe('away')
  clock.advance(59_999)
  expect(asked).toHaveLength(2)
  clock.advance(1)
  expect(asked).toEqual(['a.example', 'b.example', 'a.example'])
  answer(new Error('SERVFAIL'))
  await until('the next host is asked', () => (asked.length === 4 ? true : null))
  expect(watch.placeOf('a.example')).toBe('near')
  watch.close()
  answer(['10.0.0.8'])
  await watch.look('b.example')
  expect(clock.pending()).toBe(0)
})
