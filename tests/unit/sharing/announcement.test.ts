import { EventEmitter } from 'node:events'
import type { Bonjour } from 'bonjour-service'
import { describe, expect, it } from 'vitest'
import { createAnnouncement } from '../../../src/main/engine/sharing/announcement.ts'
import { createTestLog } from '../../support/test-log.ts'

interface Service {
  name: string
  port: number
  host: string
  addresses: string[]
  txt: Record<string, string>
}

/**
 * A network of mDNS sockets in memory: multicast does not reach 127.0.0.1, and tests use no other network. By hand the
 * real one was seen to announce, find and withdraw between two processes' worth of sockets on one interface.
 */
function memoryNetwork() {
  const services: Service[] = []
  const browsers = new Set<EventEmitter>()
  let sockets = 0
  const tell = (event: string) => {
    for (const browser of browsers) browser.emit(event)
  }
  return {
    sockets: () => sockets,
    open: () => {
      sockets += 1
      const mine: Service[] = []
      const bonjour = {
        publish(config: { name: string; port: number; txt: Record<string, string> }) {
          const service = { ...config, host: 'box.local', addresses: ['fd00::2', '10.0.0.7'] }
          mine.push(service)
          services.push(service)
          tell('up')
        },
        find() {
          const browser = Object.assign(new EventEmitter(), { stop: () => browsers.delete(browser) })
          Object.defineProperty(browser, 'services', { get: () => [...services] })
          browsers.add(browser)
          return browser
        },
        unpublishAll(done: () => void) {
          for (const service of mine.splice(0)) services.splice(services.indexOf(service), 1)
          tell('down')
          done()
        },
        destroy: (done: () => void) => done(),
      }
      return bonjour as unknown as Bonjour
    },
  }
}

describe('announcing this instance', () => {
  it('is found by another, with its address and version, and not by itself', async () => {
    const network = memoryNetwork()
    const here = createAnnouncement({ log: createTestLog(), open: network.open })
    const there = createAnnouncement({ log: createTestLog(), open: network.open })
    expect(there.found()).toEqual([])
    there.look()
    here.look()
    let news = 0
    there.onChange(() => {
      news += 1
    })
    here.announce({ name: 'Switchyard on box', port: 4748, tls: true, version: '0.1.0' })
    expect(there.found()).toEqual([{ name: 'Switchyard on box', url: 'https://10.0.0.7:4748', version: '0.1.0' }])
    expect(here.found()).toEqual([])
    expect(news).toBe(1)
    await here.withdraw()
    expect(there.found()).toEqual([])
    expect(news).toBe(2)
    await here.close()
    await there.close()
  })

  it('opens no socket before somebody asks', async () => {
    const network = memoryNetwork()
    const quiet = createAnnouncement({ log: createTestLog(), open: network.open })
    expect(quiet.found()).toEqual([])
    await quiet.close()
    expect(network.sockets()).toBe(0)
  })

  it('warns where the network does not let it, and goes on', () => {
    const log = createTestLog()
    const broken = createAnnouncement({
      log,
      open: () => {
        throw new Error('EPERM')
      },
    })
    broken.announce({ name: 'x', port: 1, tls: false, version: '1' })
    broken.look()
    expect(broken.found()).toEqual([])
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn'])
  })
})
