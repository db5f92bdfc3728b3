import { createEvent, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { ConnectionInput, ConnectionView } from '#shared/connections.ts'
import { useConnectionStore } from '../../../src/renderer/stores/connection-store.ts'
import {
  builtInConnection,
  connectionView,
  everyState,
  someConnections,
  testSteps,
} from '../support/connection-samples.ts'
import { streamOf } from '../support/mock-connections.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'

const cell = (name: string): Promise<HTMLElement> => screen.findByRole('article', { name })
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })

function withConnections(connections: ConnectionView[]): MockEngine {
  return createMockEngine({ connections })
}

function paste(target: Element, text: string): boolean {
  const event = createEvent.paste(target, { clipboardData: { getData: () => text } })
  return fireEvent(target, event)
}

const AS_OF_TODAY = /last answer 54 min ago · models as of \d\d:\d\d/
const AS_OF_YESTERDAY = /last answer 54 min ago · models as of \w{3} \d+ \d\d:\d\d/

function wasToday(minutesAgo: number): boolean {
  return new Date(Date.now() - minutesAgo * 60_000).getDate() === new Date().getDate()
}

describe('the Backends page', () => {
  it('shows each connection with place, state, address, figures and masked keys', async () => {
    renderApp(withConnections(someConnections()), '/backends')
    const openai = await cell('OpenAI')
    expect(within(openai).getByRole('img', { name: 'Away' })).toBeDefined()
    for (const text of ['Ready', '214 ms', '61', 'OpenAI-compatible · api.openai.com', '••••4f2a', '••••71b0'])
      expect(openai.textContent).toContain(text)
    expect(openai.textContent).toMatch(/Last error 2 h ago: api\.openai\.com answered with status 503/)
    expect(openai.textContent).toMatch(/in (40|41) s/)
    expect(screen.getByText('6 connections · 4 ready, 1 limited, 1 down')).toBeDefined()
    const down = await cell('LocalAI')
    expect(down.textContent).toContain('Nothing answers at 127.0.0.1:8080')
    expect(down.textContent).toMatch(wasToday(54) ? AS_OF_TODAY : AS_OF_YESTERDAY)
    expect(down.textContent).not.toContain('31 ms')
  })

  it('has a word for every state', async () => {
    renderApp(withConnections(everyState()), '/backends')
    const words = ['Ready', 'Slow', 'Limited', 'Key refused', 'Down', 'Paused', 'Unknown']
    const names = ['ready', 'slow', 'limited', 'refused', 'down', 'paused', 'unknown']
    for (const [index, name] of names.entries())
      expect(within(await cell(name)).getByText(words[index] ?? '')).toBeDefined()
    expect(screen.getByRole('link', { name: /^Backends\W+2 connections down$/ })).toBeDefined()
  })

  it('draws only what is known on the switchboard', async () => {
    renderApp(withConnections(someConnections()), '/backends')
    const board = await screen.findByRole('region', { name: 'Switchboard' })
    expect(board.textContent).toContain('5 in flight')
    const rows = within(board)
      .getAllByRole('listitem')
      .map((row) => row.textContent)
    expect(rows).toEqual([
      'In-process1 in flight',
      'Ollamaidle',
      expect.stringMatching(/^LocalAIdown, looks again in \d+ s$/),
      'attic1 in flight',
      'OpenAI3 in flight',
      'Anthropiclimited',
    ])
    expect(board.querySelectorAll('.pk')).toHaveLength(5)
    expect(board.textContent).not.toContain('tokens/s')
  })

  it('leaves the built-in connection first and alone', async () => {
    renderApp(withConnections(someConnections()), '/backends')
    const builtIn = await cell('In-process')
    expect(screen.getAllByRole('article')[0]).toBe(builtIn)
    expect(within(builtIn).queryByRole('button', { name: /Edit|Pause|Test|Move/ })).toBeNull()
    expect(within(builtIn).getByRole('link', { name: 'Models on this machine' })).toBeDefined()
  })

  it('says so when there is nothing but the built-in one, and adds from a pasted key', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    renderApp(engine, '/backends')
    expect(await screen.findByText(/No other connection yet/)).toBeDefined()
    paste(screen.getByRole('textbox', { name: 'Key or URL' }), 'gsk_0123456789abcdefgh')
    const dialog = await screen.findByRole('dialog', { name: 'Add connection' })
    expect(within(dialog).getByText(/This is a guess/)).toBeDefined()
    expect(within(dialog).getByRole('combobox', { name: 'Provider: Groq' })).toBeDefined()
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    await cell('api.groq.com')
    const [input] = engine.inputs('connections.create') as ConnectionInput[]
    expect(input).toMatchObject({
      provider: 'openai',
      baseUrl: 'https://api.groq.com/openai/v1',
      keys: [{ value: 'gsk_0123456789abcdefgh' }],
    })
  })

  it('says when a paste is neither key nor address', async () => {
    const user = userEvent.setup()
    renderApp(createMockEngine(), '/backends')
    await user.type(await screen.findByRole('textbox', { name: 'Key or URL' }), 'hello{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('neither a key nor an address')
  })

  it('opens the form from a paste anywhere, and leaves pastes into fields alone', async () => {
    renderApp(withConnections(someConnections()), '/backends')
    await cell('OpenAI')
    paste(document.body, 'just some words')
    expect(screen.queryByRole('dialog')).toBeNull()
    paste(document.body, 'http://192.168.1.77:11434')
    const dialog = await screen.findByRole('dialog', { name: 'Add connection' })
    const address = within(dialog).getByRole('textbox', { name: 'Address' }) as HTMLInputElement
    expect(address.value).toBe('http://192.168.1.77:11434')
    paste(address, 'https://api.groq.com/openai/v1')
    expect(within(dialog).getByRole('combobox', { name: 'Provider: Ollama' })).toBeDefined()
  })

  it('follows the engine without a reload: down, back, and in flight', async () => {
    const engine = withConnections([builtInConnection(), connectionView('attic')])
    renderApp(engine, '/backends')
    await within(await cell('attic')).findByText('Ready')
    const say = (health: Partial<ConnectionView['health']>): void => {
      engine.state.connections = [builtInConnection(), connectionView('attic', { health })]
      engine.emit({ type: 'connections:changed' })
    }
    say({ state: 'down' })
    await within(await cell('attic')).findByText('Down')
    expect(screen.getByRole('link', { name: /^Backends\W+1 connection down$/ })).toBeDefined()
    say({ inFlight: 2 })
    await within(await cell('attic')).findByText('Ready')
    await waitFor(() =>
      expect(screen.getByRole('region', { name: 'Switchboard' }).textContent).toContain('attic2 in flight'),
    )
    expect(screen.getByRole('link', { name: 'Backends' })).toBeDefined()
  })

  it('pauses and resumes', async () => {
    const user = userEvent.setup()
    const engine = withConnections([builtInConnection(), connectionView('attic')])
    renderApp(engine, '/backends')
    await user.click(await screen.findByRole('button', { name: 'Pause: attic' }))
    await within(await cell('attic')).findByText('Paused')
    await user.click(await screen.findByRole('button', { name: 'Resume: attic' }))
    await within(await cell('attic')).findByText('Ready')
    expect(engine.inputs('connections.setEnabled')).toEqual([
      { id: 'attic', enabled: false },
      { id: 'attic', enabled: true },
    ])
  })

  it('shows a failed action at its connection', async () => {
    const user = userEvent.setup()
    const engine = withConnections([builtInConnection(), connectionView('attic')])
    engine.fail('connections.setEnabled', { code: 'storage_failed', message: 'The disk is full.', retryable: false })
    renderApp(engine, '/backends')
    await user.click(await screen.findByRole('button', { name: 'Pause: attic' }))
    const alert = await within(await cell('attic')).findByRole('alert')
    expect(alert.textContent).toContain('The disk is full.')
  })

  describe('a failed action', () => {
    const GONE = { code: 'storage_failed', message: 'The disk is full.', retryable: false } as const
    async function failToPause(): Promise<MockEngine> {
      const engine = withConnections([builtInConnection(), connectionView('attic'), connectionView('loft')])
      engine.fail('connections.setEnabled', GONE)
      renderApp(engine, '/backends')
      await userEvent.click(await screen.findByRole('button', { name: 'Pause: attic' }))
      await within(await cell('attic')).findByRole('alert')
      return engine
    }
    const isGone = (): Promise<void> => waitFor(() => expect(screen.queryByText(/The disk is full/)).toBeNull())

    it('is dismissed, and the focus stays in its cell', async () => {
      await failToPause()
      await userEvent.click(button('Dismiss what failed: attic'))
      await isGone()
      expect(document.activeElement).toBe(button('Test: attic'))
    })

    it('goes when the state of its connection changes, not that of another', async () => {
      const engine = await failToPause()
      const say = (attic: ConnectionView, loft: ConnectionView): void => {
        engine.state.connections = [builtInConnection(), attic, loft]
        engine.emit({ type: 'connections:changed' })
      }
      const down = { health: { state: 'down' } } as const
      say(connectionView('attic'), connectionView('loft', down))
      await within(await cell('loft')).findByText('Down')
      expect(screen.getByText(/The disk is full/)).toBeDefined()
      say(connectionView('attic', down), connectionView('loft', down))
      await isGone()
    })

    it('goes when the engine is back', async () => {
      const engine = await failToPause()
      engine.drop()
      await waitFor(() => expect(useConnectionStore.getState().connection.state).toBe('reconnecting'))
      expect(screen.getByText(/The disk is full/)).toBeDefined()
      await isGone()
      expect(useConnectionStore.getState().connection.state).toBe('connected')
    })

    it('goes with the page', async () => {
      await failToPause()
      await userEvent.click(screen.getByRole('link', { name: /^Settings/ }))
      await screen.findByRole('heading', { name: 'Settings' })
      await userEvent.click(screen.getByRole('link', { name: /^Backends/ }))
      await cell('attic')
      expect(screen.queryByText(/The disk is full/)).toBeNull()
    })
  })

  describe('keeps the focus', () => {
    it('on a button while its work runs, and takes no second click', async () => {
      const user = userEvent.setup()
      const engine = withConnections([builtInConnection(), connectionView('attic')])
      let go: () => void = () => undefined
      const held = new Promise<void>((resolve) => {
        go = resolve
      })
      engine.on('connections.test', async function* () {
        await held
        yield* testSteps()
      })
      engine.on('connections.setEnabled', async () => {
        await held
        const paused = connectionView('attic', { config: { enabled: false }, health: { state: 'disabled' } })
        engine.state.connections = [builtInConnection(), paused]
        return paused
      })
      renderApp(engine, '/backends')
      for (const [name, path] of [
        ['Pause: attic', 'connections.setEnabled'],
        ['Test: attic', 'connections.test'],
      ] as const) {
        const pressed = await screen.findByRole('button', { name })
        pressed.focus()
        await user.keyboard('{Enter}')
        await waitFor(() => expect(pressed.getAttribute('aria-disabled')).toBe('true'))
        expect(pressed.hasAttribute('disabled')).toBe(false)
        await user.keyboard('{Enter}')
        await user.click(pressed)
        expect(engine.inputs(path)).toHaveLength(1)
        expect(document.activeElement).toBe(pressed)
      }
      go()
      await within(await cell('attic')).findByText('Paused')
      expect(document.activeElement).toBe(button('Test: attic'))
    })

    it('in the cell when its question is answered, in the list when the cell is gone', async () => {
      const user = userEvent.setup()
      renderApp(withConnections([builtInConnection(), connectionView('attic')]), '/backends')
      const ask = async (): Promise<void> => {
        await user.click(await screen.findByRole('button', { name: 'More: attic' }))
        await user.click(await screen.findByRole('menuitem', { name: 'Remove' }))
        await waitFor(() => expect(document.activeElement).toBe(button('Keep')))
      }
      await ask()
      await user.keyboard('{Enter}')
      await waitFor(() => expect(document.activeElement).toBe(button('More: attic')))
      await ask()
      await user.keyboard('{Escape}')
      await waitFor(() => expect(document.activeElement).toBe(button('More: attic')))
      await ask()
      await user.click(button('Remove attic now'))
      await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')))
    })

    it('at the cell when its test is closed', async () => {
      const user = userEvent.setup()
      renderApp(withConnections([builtInConnection(), connectionView('attic')]), '/backends')
      for (const [key, name] of [
        ['{Enter}', 'Close the test'],
        ['{Escape}', 'Again'],
      ] as const) {
        await user.click(await screen.findByRole('button', { name: 'Test: attic' }))
        const panel = await screen.findByRole('complementary', { name: 'Connection test' })
        const pressed = await within(panel).findByRole('button', { name })
        pressed.focus()
        await user.keyboard(key)
        await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
        expect(document.activeElement).toBe(button('Test: attic'))
      }
    })
  })

  it('asks before it removes, in place', async () => {
    const user = userEvent.setup()
    const engine = withConnections([builtInConnection(), connectionView('attic')])
    renderApp(engine, '/backends')
    const ask = async (): Promise<HTMLElement> => {
      await user.click(await screen.findByRole('button', { name: 'More: attic' }))
      await user.click(await screen.findByRole('menuitem', { name: 'Remove' }))
      return screen.findByRole('alertdialog', { name: 'Remove attic?' })
    }
    await user.click(within(await ask()).getByRole('button', { name: 'Keep' }))
    expect(screen.queryByRole('alertdialog')).toBeNull()
    expect(engine.inputs('connections.remove')).toEqual([])
    await user.click(within(await ask()).getByRole('button', { name: 'Remove attic now' }))
    await waitFor(() => expect(screen.queryByRole('article', { name: 'attic' })).toBeNull())
    expect(engine.inputs('connections.remove')).toEqual([{ id: 'attic' }])
  })

  it('moves by keyboard, by the menu and by drag, never before the built-in one', async () => {
    const user = userEvent.setup()
    const engine = withConnections([builtInConnection(), ...['a', 'b', 'c'].map((id) => connectionView(id))])
    renderApp(engine, '/backends')
    const order = (): (string | null)[] =>
      screen.getAllByRole('article').map((one) => one.querySelector('h3')?.textContent ?? null)
    await cell('a')
    const grip = (name: string): HTMLElement => button(`Move ${name}: drag, or arrow keys`)
    grip('a').focus()
    await user.keyboard('{ArrowUp}')
    expect(engine.inputs('connections.reorder')).toEqual([])
    await user.keyboard('{ArrowDown}')
    await waitFor(() => expect(order()).toEqual(['In-process', 'b', 'a', 'c']))
    expect(document.activeElement).toBe(grip('a'))
    await user.click(button('More: c'))
    await user.click(await screen.findByRole('menuitem', { name: 'Move up' }))
    await waitFor(() => expect(order()).toEqual(['In-process', 'b', 'c', 'a']))
    const dataTransfer = {
      types: [],
      setData: () => undefined,
      setDragImage: () => undefined,
      effectAllowed: '',
      dropEffect: '',
    }
    fireEvent.dragStart(grip('a'), { dataTransfer })
    fireEvent.dragOver(await cell('b'), { dataTransfer })
    fireEvent.drop(await cell('b'), { dataTransfer })
    await waitFor(() => expect(order()).toEqual(['In-process', 'a', 'b', 'c']))
    expect(engine.inputs('connections.reorder')).toEqual([
      { ids: ['b', 'a', 'c'] },
      { ids: ['b', 'c', 'a'] },
      { ids: ['a', 'b', 'c'] },
    ])
  })

  it('leads to the models of an Ollama connection', async () => {
    renderApp(withConnections(someConnections()), '/backends')
    const link = within(await cell('attic')).getByRole('link', { name: 'Manage the 3 models of attic' })
    expect(link.getAttribute('href')).toBe('#/backends/attic/models')
  })

  it('tests a connection beside the cells, step by step', async () => {
    const user = userEvent.setup()
    const engine = withConnections(someConnections())
    renderApp(engine, '/backends')
    await user.click(await screen.findByRole('button', { name: 'Test: OpenAI' }))
    const panel = await screen.findByRole('complementary', { name: 'Connection test' })
    expect(await within(panel).findByText('All steps passed.')).toBeDefined()
    expect(within(panel).getAllByRole('listitem')).toHaveLength(8)
    expect(panel.textContent).toContain('took 434 ms')
    expect(engine.inputs('connections.test')).toEqual([
      { id: 'openai', input: expect.objectContaining({ keys: [{ keep: 'k1' }, { keep: 'k2' }] }) },
    ])
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
    expect(within(await cell('OpenAI')).getByRole('button', { name: 'Show the test: OpenAI' })).toBeDefined()
  })

  it('tests all that are in use, and says which failed', async () => {
    const user = userEvent.setup()
    const paused = connectionView('paused', { config: { enabled: false }, health: { state: 'disabled' } })
    const engine = withConnections([builtInConnection(), connectionView('good'), connectionView('bad'), paused])
    engine.on('connections.test', ({ id }: { id: string }) =>
      streamOf(testSteps(id === 'bad' ? { step: 'connect', advice: 'Is it running?' } : null)),
    )
    renderApp(engine, '/backends')
    await cell('good')
    await user.click(button('Test all'))
    await within(await cell('good')).findByText(/test passed/)
    await within(await cell('bad')).findByText(/test failed .*: Connect/)
    expect(engine.inputs('connections.test')).toHaveLength(2)
    expect(await screen.findByText('Tested 2 connections, 1 failed.')).toBeDefined()
  })

  it('pins a certificate that a test offers, and tests again', async () => {
    const user = userEvent.setup()
    const engine = withConnections([builtInConnection(), connectionView('attic')])
    const error = { code: 'upstream_unavailable', message: 'It is self-signed.', retryable: false } as const
    engine.on('connections.test', ({ input }: { input: ConnectionInput }) =>
      streamOf(testSteps(input.fingerprint == null ? { step: 'tls', error, fingerprint: 'AB:CD' } : null)),
    )
    renderApp(engine, '/backends')
    await user.click(await screen.findByRole('button', { name: 'Test: attic' }))
    await user.click(await screen.findByRole('button', { name: 'Pin this certificate' }))
    expect(await screen.findByText('All steps passed.')).toBeDefined()
    expect(engine.inputs('connections.update')).toEqual([
      { id: 'attic', input: expect.objectContaining({ fingerprint: 'AB:CD' }), base: 'attic 1' },
    ])
  })

  it('says so when the list cannot be read, and reads it again on request', async () => {
    const engine = createMockEngine()
    engine.fail('connections.list', { code: 'storage_failed', message: 'Disk I/O error.', retryable: false })
    renderApp(engine, '/backends')
    expect((await screen.findByRole('alert')).textContent).toContain('Disk I/O error.')
    engine.fail('connections.list', null)
    await userEvent.click(button('Try again'))
    await cell('In-process')
  })

  it('keeps and dates the list when it cannot be read any more', async () => {
    const engine = withConnections(someConnections())
    renderApp(engine, '/backends')
    await cell('attic')
    engine.fail('connections.list', { code: 'storage_failed', message: 'Disk I/O error.', retryable: false })
    engine.emit({ type: 'connections:changed' })
    const main = screen.getByRole('main')
    expect((await within(main).findByText(/^as of \d\d:\d\d$/)).getAttribute('role')).toBe('status')
    expect(within(main).getByRole('article', { name: 'attic' })).toBeDefined()
  })

  it('speaks Chinese', async () => {
    renderApp(withConnections(everyState()), '/backends', 'zh')
    for (const word of ['就绪', '缓慢', '受限', '密钥被拒绝', '无响应', '已暂停', '未知'])
      expect((await screen.findAllByText(word)).length).toBeGreaterThan(0)
    expect(
      screen.getByText('8 个连接 · 2 个就绪，1 个缓慢，1 个受限，1 个密钥被拒，1 个无响应，1 个已暂停，1 个尚未询问'),
    ).toBeDefined()
  })
})
