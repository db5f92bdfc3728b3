import { afterEach, describe, expect, it } from 'vitest'
import { client, NotConnectedError, reopen, setLink } from '../../../src/renderer/bridge/client.ts'
import { toPublicError } from '../../../src/renderer/bridge/public-error.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { modelFile } from '../support/samples.ts'

afterEach(reopen)

describe('client', () => {
  it('opens one way to the engine for many calls', async () => {
    const engine = createMockEngine()
    let opened = 0
    setLink(async () => {
      opened += 1
      return engine.link
    })
    await Promise.all([client.app.info(), client.models.files(), client.settings.get()])
    expect(opened).toBe(1)
  })

  it('opens a new way after the old one was dropped', async () => {
    const first = createMockEngine()
    const second = createMockEngine({ files: [modelFile('newer')] })
    const engines = [first, second]
    setLink(async () => (engines.shift() ?? second).link)
    expect(await client.models.files()).toEqual([])
    reopen()
    expect((await client.models.files()).map((file) => file.id)).toEqual(['newer'])
  })

  it('tries afresh after a way that never opened', async () => {
    const engine = createMockEngine()
    let attempts = 0
    setLink(async () => {
      attempts += 1
      if (attempts === 1) throw new NotConnectedError('no port')
      return engine.link
    })
    await expect(client.app.info()).rejects.toThrow('no port')
    expect((await client.app.info()).version).toBe('0.1.0')
  })

  it('carries an engine error as a value', async () => {
    const engine = createMockEngine()
    setLink(async () => engine.link)
    const error = { code: 'disk_full', message: 'No space left.', retryable: false, requestId: 'r1' } as const
    engine.fail('models.files', error)
    const caught = await client.models.files().then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(toPublicError(caught)).toEqual(error)
  })

  it('calls a broken connection by its name', () => {
    expect(toPublicError(new TypeError('Failed to fetch'))).toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
      detail: 'Failed to fetch',
    })
  })
})
