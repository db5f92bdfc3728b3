import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { modelFile, someStatus } from '../support/samples.ts'

const strip = async (): Promise<HTMLElement> => screen.findByRole('contentinfo')

describe('the status strip', () => {
  it('says which model runs here, in how much memory, and when all was saved', async () => {
    const engine = createMockEngine({
      status: someStatus({
        modelName: 'Qwen3-8B',
        state: 'ready',
        loadedModels: 2,
        memoryBytes: { ram: 6.4 * 1024 ** 3, vram: 0 },
      }),
    })
    renderApp(engine, '/models')
    await waitFor(async () => expect((await strip()).textContent).toContain('Qwen3-8B ready'))
    await waitFor(async () => expect((await strip()).textContent).toContain('6.4 / 32 GB RAM'))
    expect((await strip()).textContent).toContain('+1')
    expect((await strip()).textContent).toMatch(/saved \d+ s ago/)
  })

  it('leaves out places that have nothing', async () => {
    const engine = createMockEngine({ status: someStatus({}, { near: { connections: 1, down: 0 } }) })
    renderApp(engine, '/models')
    await waitFor(async () => expect((await strip()).textContent).toContain('1 connection nearby'))
    expect((await strip()).textContent).not.toContain('cloud')
  })

  it('shows trouble and a failing disk', async () => {
    const engine = createMockEngine({
      status: someStatus({}, { trouble: ['The runtime stopped'], storage: 'disk-low' }),
    })
    renderApp(engine, '/models')
    expect(await within(await strip()).findByText('The runtime stopped')).toBeDefined()
    expect(within(await strip()).getByText('disk almost full')).toBeDefined()
  })

  it('follows status events', async () => {
    const engine = createMockEngine({ status: someStatus() })
    renderApp(engine, '/models')
    await waitFor(async () => expect((await strip()).textContent).toContain('5 models, none loaded'))
    engine.emit({ type: 'status:changed', status: someStatus({ modelName: 'tiny', state: 'busy' }) })
    await waitFor(async () => expect((await strip()).textContent).toContain('tiny answering'))
  })

  it('says when the engine is gone, keeps what it knows, and comes back by itself or at once on request', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await screen.findByRole('row', { name: /tiny/ })
    engine.drop()
    const again = await screen.findByRole('button', { name: /Reconnecting…/ })
    expect(screen.getByRole('row', { name: /tiny/ })).toBeDefined()
    engine.state.files = [modelFile('tiny'), modelFile('meanwhile')]
    await userEvent.click(again)
    expect(await screen.findByRole('row', { name: /meanwhile/ })).toBeDefined()
    await waitFor(() => expect(screen.queryByRole('button', { name: /Reconnecting…/ })).toBeNull())
  })
})
