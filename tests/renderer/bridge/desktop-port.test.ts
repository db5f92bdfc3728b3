import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** Plays the preload: answers a connect message with a port, as Electron's window does. */
function playPreload(onConnect: () => MessagePort | null): () => void {
  const listen = (event: MessageEvent<unknown>): void => {
    if ((event.data as { type?: string } | null)?.type !== 'switchyard:connect') return
    const port = onConnect()
    if (port === null) return
    dispatchEvent(
      new MessageEvent('message', {
        data: { type: 'switchyard:port' },
        source: window,
        origin: location.origin,
        ports: [port],
      }),
    )
  }
  addEventListener('message', listen)
  return () => removeEventListener('message', listen)
}

beforeEach(() => {
  window.switchyard = { desktop: true, platform: 'linux', pathForFile: (file) => `/home/ada/${file.name}` }
  vi.resetModules()
})
afterEach(() => {
  delete window.switchyard
  vi.useRealTimers()
})

describe('the desktop port', () => {
  it('asks the preload for a port and speaks over it', async () => {
    const { port1, port2 } = new MessageChannel()
    const asked = new Promise<void>((resolve) => {
      port2.onmessage = () => resolve()
    })
    const stop = playPreload(() => port1)
    const { client } = await import('../../../src/renderer/bridge/client.ts')
    client.app.info().catch(() => undefined)
    await asked
    stop()
    port1.close()
    port2.close()
  })

  it('gives up with a clear error when no port comes', async () => {
    vi.useFakeTimers()
    const { client } = await import('../../../src/renderer/bridge/client.ts')
    const outcome = client.app.info().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5001)
    expect(await outcome).toMatchObject({ name: 'NotConnectedError' })
  })

  it('takes no port from a message of another origin', async () => {
    vi.useFakeTimers()
    const { client } = await import('../../../src/renderer/bridge/client.ts')
    const outcome = client.app.info().catch((error: unknown) => error)
    const { port1, port2 } = new MessageChannel()
    dispatchEvent(
      new MessageEvent('message', {
        data: { type: 'switchyard:port' },
        source: window,
        origin: 'https://example.com',
        ports: [port1],
      }),
    )
    await vi.advanceTimersByTimeAsync(5001)
    expect(await outcome).toMatchObject({ name: 'NotConnectedError' })
    port1.close()
    port2.close()
  })
})
