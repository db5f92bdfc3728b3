import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { ConnectionInput } from '#shared/connections.ts'
import { builtInConnection, connectionView, someConnections, testSteps } from '../support/connection-samples.ts'
import { streamOf } from '../support/mock-connections.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'

async function openAdd(engine: MockEngine): Promise<HTMLElement> {
  renderApp(engine, '/backends')
  await screen.findByRole('article', { name: 'In-process' })
  await userEvent.click(screen.getByRole('button', { name: 'Add connection' }))
  return screen.findByRole('dialog', { name: 'Add connection' })
}

async function openEdit(engine: MockEngine, name: string): Promise<HTMLElement> {
  renderApp(engine, '/backends')
  await userEvent.click(await screen.findByRole('button', { name: `Edit: ${name}` }))
  return screen.findByRole('dialog', { name: `Edit ${name}` })
}

describe('the connection form', () => {
  it('begins at the address, fills in a vendor’s, and adds what was typed', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    const dialog = await openAdd(engine)
    const address = within(dialog).getByRole('textbox', { name: 'Address' }) as HTMLInputElement
    await waitFor(() => expect(document.activeElement).toBe(address))
    await user.click(within(dialog).getByRole('combobox', { name: 'Provider: Ollama' }))
    await user.click(await screen.findByRole('option', { name: /^OpenRouter/ }))
    expect(address.value).toBe('https://openrouter.ai/api/v1')
    await user.type(within(dialog).getByLabelText('Key 1'), 'sk-or-one')
    await user.click(within(dialog).getByRole('button', { name: 'Add a key' }))
    await user.type(within(dialog).getByLabelText('Key 2'), 'sk-or-two')
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'Router')
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    await screen.findByRole('article', { name: 'Router' })
    expect(engine.inputs('connections.create')).toEqual([
      expect.objectContaining({
        provider: 'openai',
        name: 'Router',
        keys: [{ value: 'sk-or-one' }, { value: 'sk-or-two' }],
      }),
    ])
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('keeps masked keys by their ids, and drops one that is taken out', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ connections: someConnections() })
    const dialog = await openEdit(engine, 'OpenAI')
    expect(within(dialog).getByText('••••4f2a')).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Remove key ••••4f2a' }))
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(engine.inputs('connections.update')).toEqual([
        { id: 'openai', input: expect.objectContaining({ keys: [{ keep: 'k2' }] }), base: 'openai 1' },
      ]),
    )
  })

  it('has the rest under More, and sends it', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ connections: [builtInConnection(), connectionView('attic')] })
    const dialog = await openEdit(engine, 'attic')
    expect(within(dialog).queryByRole('textbox', { name: 'Model prefix' })).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'More' }))
    const type = async (name: string, text: string): Promise<void> => {
      const field = within(dialog).getByRole('textbox', { name })
      await user.clear(field)
      await user.type(field, text)
    }
    await type('Model prefix', 'attic')
    await type('Tags', 'slow, own')
    await type('Offered models', 'a:1b{Enter}b:2b')
    await type('Connect, s', '2.5')
    await type('Priority', '7')
    await type('Look every, s', '0.5')
    await type('Certificate pin', 'AB:CD')
    await user.click(within(dialog).getByRole('button', { name: 'Add a header' }))
    await type('Header 1: name', 'X-Team')
    await type('Header 1: value', 'lab')
    await user.click(within(dialog).getByRole('button', { name: 'External' }))
    await user.click(within(dialog).getByRole('button', { name: 'Everyone signed in' }))
    await user.click(within(dialog).getByRole('combobox', { name: /^Proof/ }))
    await user.click(await screen.findByRole('option', { name: 'Key in a named header' }))
    await type('Header name', 'X-API-Key')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(engine.inputs('connections.update')).toHaveLength(1))
    const [{ input }] = engine.inputs('connections.update') as [{ input: ConnectionInput }]
    expect(input).toMatchObject({
      prefixId: 'attic',
      tags: ['slow', 'own'],
      modelIds: ['a:1b', 'b:2b'],
      timeouts: { connectMs: 2500, firstByteMs: 300_000 },
      priority: 7,
      probeSeconds: 0.5,
      fingerprint: 'AB:CD',
      headers: { 'X-Team': 'lab' },
      connectionType: 'external',
      visibility: 'everyone',
      auth: { type: 'header', headerName: 'X-API-Key' },
    })
  })

  it.each([
    ['too much', '9999'],
    ['no number', 'abc'],
    ['nothing', null],
  ])('does not save while a number is wrong: %s', async (_what, text) => {
    const user = userEvent.setup()
    const engine = createMockEngine({ connections: [builtInConnection(), connectionView('attic')] })
    const dialog = await openEdit(engine, 'attic')
    const save = within(dialog).getByRole('button', { name: 'Save' })
    await user.click(within(dialog).getByRole('button', { name: 'More' }))
    const field = within(dialog).getByRole('textbox', { name: 'Connect, s' })
    await user.clear(field)
    if (text !== null) await user.type(field, text)
    await user.click(save)
    expect(document.activeElement).toBe(field)
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(within(dialog).getByRole('alert').textContent).toBe('Between 0.1 and 600.')
    expect(screen.getByRole('dialog', { name: 'Edit attic' })).toBe(dialog)
    // Nor is it put away, or tested.
    await user.click(within(dialog).getByRole('button', { name: 'Fewer fields' }))
    expect(document.activeElement).toBe(field)
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    expect(engine.inputs('connections.test')).toEqual([])
    expect(engine.inputs('connections.update')).toEqual([])
    await user.clear(field)
    await user.type(field, '7')
    await user.click(save)
    await waitFor(() =>
      expect(engine.inputs('connections.update')).toEqual([
        {
          id: 'attic',
          input: expect.objectContaining({ timeouts: expect.objectContaining({ connectMs: 7000 }) }),
          base: 'attic 1',
        },
      ]),
    )
  })

  it('shows the engine’s complaint at its field, opens More for it, and puts the focus there', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ connections: [builtInConnection(), connectionView('attic')] })
    engine.fail('connections.update', {
      code: 'invalid_request',
      message: 'A prefix cannot hold a space.',
      retryable: false,
      param: 'prefixId',
    })
    const dialog = await openEdit(engine, 'attic')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    const alert = await within(dialog).findByRole('alert')
    expect(alert.textContent).toBe('A prefix cannot hold a space.')
    const field = within(dialog).getByRole('textbox', { name: 'Model prefix' })
    await waitFor(() => expect(document.activeElement).toBe(field))
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(field.getAttribute('aria-describedby')).toContain(alert.id)
    await user.type(field, 'x')
    expect(within(dialog).queryByRole('alert')).toBeNull()
  })

  it('shows a complaint that names no field below the form, with all that was typed', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    engine.fail('connections.create', { code: 'storage_failed', message: 'Disk I/O error.', retryable: false })
    const dialog = await openAdd(engine)
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'attic')
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain('Disk I/O error.')
    expect((within(dialog).getByRole('textbox', { name: 'Name' }) as HTMLInputElement).value).toBe('attic')
  })

  it('asks for an address before it calls anybody', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    const dialog = await openAdd(engine)
    await user.clear(within(dialog).getByRole('textbox', { name: 'Address' }))
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    expect((await within(dialog).findByRole('alert')).textContent).toBe('An address is needed.')
    expect(engine.inputs('connections.test')).toEqual([])
  })

  it('takes over the address that a test advises, and tests that', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    const say = 'Type http://192.168.1.100:11434 instead: an address has to begin with http:// or https://.'
    engine.on('connections.test', ({ input }: { input: ConnectionInput }) =>
      streamOf(
        testSteps(
          input.baseUrl.startsWith('http')
            ? null
            : { step: 'address', advice: say, error: { code: 'invalid_request', message: say, retryable: false } },
        ),
      ),
    )
    const dialog = await openAdd(engine)
    const address = within(dialog).getByRole('textbox', { name: 'Address' }) as HTMLInputElement
    await user.clear(address)
    await user.type(address, '192.168.1.100:11434')
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain(say)
    await user.click(within(dialog).getByRole('button', { name: 'Use http://192.168.1.100:11434' }))
    expect(await within(dialog).findByText('All steps passed.')).toBeDefined()
    expect(address.value).toBe('http://192.168.1.100:11434')
    expect(engine.inputs('connections.create')).toEqual([])
  })

  it('says no longer that a test passed once what was tested is changed', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ connections: someConnections() })
    const dialog = await openEdit(engine, 'OpenAI')
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    await within(dialog).findByText('All steps passed.')
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), ' two')
    expect(within(dialog).getByText('All steps passed.')).toBeDefined()
    await user.type(within(dialog).getByRole('textbox', { name: 'Address' }), '/v2')
    expect(within(dialog).queryByText('All steps passed.')).toBeNull()
    expect(within(dialog).getByText(/made before your last change/)).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    await within(dialog).findByText('All steps passed.')
    await user.click(within(dialog).getByRole('button', { name: 'Remove key ••••4f2a' }))
    expect(within(dialog).queryByText('All steps passed.')).toBeNull()
  })

  it('stops a running test when it is closed', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    let stopped = false
    engine.on('connections.test', async function* (_input: never, signal: AbortSignal | undefined) {
      yield* testSteps().slice(0, 3)
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      stopped = true
    })
    const dialog = await openAdd(engine)
    await user.click(within(dialog).getByRole('button', { name: 'Test' }))
    await within(dialog).findByText(/· running$/)
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(stopped).toBe(true))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  describe('when the connection is changed elsewhere meanwhile', () => {
    it('saves nothing over that, says so, and loads what is stored now', async () => {
      const user = userEvent.setup()
      const engine = createMockEngine({ connections: someConnections() })
      const dialog = await openEdit(engine, 'OpenAI')
      const name = within(dialog).getByRole('textbox', { name: 'Name' }) as HTMLInputElement
      await user.type(name, ' mine')
      const key = { id: 'k9', mask: '••••new1' }
      engine.state.connections = engine.state.connections.map((view) =>
        view.id === 'openai' ? { ...view, keys: [...view.keys, key], revision: 'openai 2' } : view,
      )
      await user.click(within(dialog).getByRole('button', { name: 'Save' }))
      expect((await within(dialog).findByRole('alert')).textContent).toContain('changed elsewhere')
      expect(name.value).toContain(' mine')
      expect(engine.state.connections.find(({ id }) => id === 'openai')?.keys).toHaveLength(3)
      await user.click(within(dialog).getByRole('button', { name: 'Load what is stored now' }))
      expect(within(dialog).getByText('••••new1')).toBeDefined()
      expect(name.value).not.toContain(' mine')
      await user.type(name, ' again')
      await user.click(within(dialog).getByRole('button', { name: 'Save' }))
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
      expect(engine.inputs('connections.update').at(-1)).toMatchObject({ base: 'openai 2' })
      expect(engine.state.connections.find(({ id }) => id === 'openai')?.keys).toHaveLength(3)
    })

    it('keeps what was typed when it is removed, and adds it as new without what was sealed', async () => {
      const user = userEvent.setup()
      const engine = createMockEngine({ connections: someConnections() })
      const dialog = await openEdit(engine, 'OpenAI')
      await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'kept')
      engine.state.connections = engine.state.connections.filter(({ id }) => id !== 'openai')
      act(() => engine.emit({ type: 'connections:changed' }))
      expect((await within(dialog).findByRole('alert')).textContent).toContain('OpenAI was removed elsewhere')
      expect(within(dialog).queryByText('••••4f2a')).toBeNull()
      await user.type(within(dialog).getByLabelText('Key 1'), 'sk-again')
      await user.click(within(dialog).getByRole('button', { name: 'Add' }))
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
      expect(engine.inputs('connections.create')).toEqual([
        expect.objectContaining({ name: 'openaikept', keys: [{ value: 'sk-again' }] }),
      ])
      expect(engine.inputs('connections.update')).toEqual([])
    })
  })

  it('leaves with Escape and gives the focus back', async () => {
    const user = userEvent.setup()
    await openAdd(createMockEngine())
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add connection' })))
  })
})
