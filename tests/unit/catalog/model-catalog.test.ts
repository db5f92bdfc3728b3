import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { llamaConnection } from '../../../src/main/engine/connections/connection.ts'
import { scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { createTestLog } from '../../support/test-log.ts'

describe('the catalog', () => {
  it('finds a model with and without :latest', async () => {
    const adapter = scriptedAdapter([
      upstreamModel({ upstreamModel: 'demo' }),
      upstreamModel({ upstreamModel: 'qwen:latest' }),
    ])
    const catalog = createModelCatalog([llamaConnection(adapter)], createTestLog())
    await catalog.refreshAll()
    expect(catalog.find('demo')?.id).toBe('demo')
    expect(catalog.find('demo:latest')?.id).toBe('demo')
    expect(catalog.find('qwen')?.id).toBe('qwen:latest')
    expect(catalog.find('demo:7b')).toBeNull()
  })

  it('merges one model over its holders and prefers the facts of a ready one', async () => {
    const away = {
      ...llamaConnection(
        scriptedAdapter([upstreamModel({ upstreamModel: 'm', state: 'unavailable', reason: 'offline' })]),
      ),
      id: 'a',
    }
    const here = { ...llamaConnection(scriptedAdapter([upstreamModel({ upstreamModel: 'm', loaded: true })])), id: 'b' }
    const catalog = createModelCatalog([away, here], createTestLog())
    await catalog.refreshAll()
    expect(catalog.list()).toHaveLength(1)
    expect(catalog.list()[0]).toMatchObject({ id: 'm', state: 'ready', reason: null, loaded: true })
    expect(catalog.list()[0]?.holders.map((holder) => holder.connectionId)).toEqual(['a', 'b'])
  })

  it('keeps the last snapshot of a connection that fails, and says so in the log', async () => {
    const adapter = scriptedAdapter([upstreamModel({ upstreamModel: 'm' })])
    const log = createTestLog()
    const catalog = createModelCatalog([llamaConnection(adapter)], log)
    await catalog.refreshAll()
    adapter.listModels = () => Promise.reject(new Error('down'))
    await catalog.refreshAll()
    expect(catalog.find('m')).not.toBeNull()
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn' })
  })

  it('asks again when a refresh was wanted while one was running', async () => {
    const adapter = scriptedAdapter([])
    let calls = 0
    const list = adapter.listModels
    adapter.listModels = async () => {
      calls++
      return list()
    }
    const catalog = createModelCatalog([llamaConnection(adapter)], createTestLog())
    const first = catalog.refresh('llama')
    adapter.models = [upstreamModel({ upstreamModel: 'late' })]
    await Promise.all([first, catalog.refresh('llama'), catalog.refresh('llama')])
    expect(calls).toBe(2)
    expect(catalog.find('late')).not.toBeNull()
  })
})
