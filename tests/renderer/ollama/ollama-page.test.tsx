import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, describe, expect, it } from 'vitest'
import { useConnectionStore } from '../../../src/renderer/stores/connection-store.ts'
import { connectionView } from '../support/connection-samples.ts'
import { createMockEngine, type MockEngine, type MockState } from '../support/mock-engine.ts'
import { failedUpdate, ollamaDetails, ollamaModel, ollamaShelf, someJob } from '../support/ollama-samples.ts'
import { renderApp } from '../support/render-app.tsx'

const PAGE = '/backends/attic/models'
const GONE = { code: 'upstream_unavailable', message: 'attic does not answer.', retryable: true } as const

/** Rows exist only inside a view, and jsdom has none. */
beforeAll(() => {
  Object.defineProperty(Element.prototype, 'clientHeight', { configurable: true, get: () => 800 })
  Object.defineProperty(Element.prototype, 'clientWidth', { configurable: true, get: () => 1200 })
})

function attic(state: Partial<MockState> = {}): MockEngine {
  return createMockEngine({
    connections: [connectionView('attic', { place: 'near', health: { version: '0.13.5' } })],
    ollamaModels: ollamaShelf(),
    ...state,
  })
}
const row = (name: RegExp): Promise<HTMLElement> => screen.findByRole('row', { name })
const job = (name: RegExp): Promise<HTMLElement> => screen.findByRole('listitem', { name })
async function fromMenu(model: RegExp, item: string): Promise<void> {
  await userEvent.click(within(await row(model)).getByRole('button', { name: /^Actions for/ }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

/** What lies between an open sheet and the page. */
function scrim(): Element {
  const found = document.querySelector('.scrim')
  if (found === null) throw new Error('no sheet is open')
  return found
}
async function goTo(path: string): Promise<void> {
  await act(async () => {
    const gone = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }))
    location.hash = path
    await gone
  })
}

describe('the installed models', () => {
  it('show size, quantization, parameters, and what is loaded with its share and time', async () => {
    renderApp(attic(), PAGE)
    const loaded = await row(/llama3.1:8b/)
    expect(loaded.textContent).toContain('Q4_K_M')
    expect(loaded.textContent).toContain('8.0B')
    expect(loaded.textContent).toContain('4.7 GB')
    expect(loaded.textContent).toMatch(/loaded · 100 % VRAM · 4 min 1\d s left/)
    expect((await row(/qwen2.5-coder/)).textContent).toContain('31 % VRAM')
    expect((await row(/nomic-embed/)).textContent).toContain('RAM · stays')
    expect(within(await row(/gpt-oss/)).queryByRole('button', { name: /Unload/ })).toBeNull()
    expect(screen.getByText('8 models · 65.3 GB')).toBeDefined()
  })

  it('unload from the row, and show a failure in the inspector', async () => {
    const engine = attic()
    renderApp(engine, PAGE)
    await userEvent.click(await screen.findByRole('button', { name: 'Unload: llama3.1:8b' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Unload: llama3.1:8b' })).toBeNull())
    expect(engine.inputs('ollama.unload')).toEqual([{ connectionId: 'attic', model: 'llama3.1:8b' }])
    engine.fail('ollama.unload', GONE)
    await userEvent.click(screen.getByRole('button', { name: 'Unload: qwen2.5-coder:32b' }))
    expect((await screen.findByRole('alert')).textContent).toContain('attic does not answer.')
  })

  it('are searched, sorted and walked through by keys', async () => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    await row(/llama3.1/)
    await user.type(screen.getByRole('searchbox', { name: 'Search installed models' }), 'gemma3')
    await waitFor(() => expect(screen.queryByRole('row', { name: /llama3.1/ })).toBeNull())
    await user.clear(screen.getByRole('searchbox', { name: 'Search installed models' }))
    await user.click(screen.getByRole('button', { name: 'Size' }))
    const names = screen.getAllByRole('row').map((one) => one.dataset.name)
    expect(names[1]).toBe('qwen2.5-coder:32b')
    ;(await row(/qwen2.5-coder/)).focus()
    await user.keyboard('{ArrowDown}')
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Mistral-Small'))
    await user.keyboard('{Enter}')
    expect(await screen.findByRole('complementary', { name: /Details of hf.co/ })).toBeDefined()
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
  })

  it('are drawn only near the view when there are 500', async () => {
    const many = Array.from({ length: 500 }, (_, index) => ollamaModel(`m${String(index).padStart(3, '0')}:1b`))
    renderApp(attic({ ollamaModels: many }), PAGE)
    await row(/m000:1b/)
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('501')
    expect(screen.getAllByRole('row').length).toBeLessThan(60)
  })

  it('open in an inspector with the texts of the server', async () => {
    const engine = attic()
    engine.on('ollama.details', ({ model }: { model: string }) => ollamaDetails(model, { license: 'Apache 2.0' }))
    renderApp(engine, PAGE)
    await userEvent.click(await row(/gpt-oss/))
    const panel = await screen.findByRole('complementary', { name: 'Details of gpt-oss:20b' })
    expect(await within(panel).findByText('131,072 tokens')).toBeDefined()
    expect(within(panel).getByText('You are a careful assistant. Say what you are not sure about.')).toBeDefined()
    expect(within(panel).queryByText('Apache 2.0')).toBeNull()
    await userEvent.click(within(panel).getByRole('button', { name: 'Licence' }))
    expect(within(panel).getByText('Apache 2.0')).toBeDefined()
    for (const text of ['Parameters', 'System prompt', 'Template', 'Modelfile', 'Licence']) {
      expect(within(panel).getByRole('button', { name: `Copy: ${text}` })).toBeDefined()
    }
  })
})

describe('the focus', () => {
  it('goes back to the row when the inspector is closed', async () => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    for (const [key, name] of [
      ['{Enter}', 'Close'],
      ['{Escape}', 'Update'],
    ] as const) {
      await user.click(await row(/gpt-oss/))
      const panel = await screen.findByRole('complementary')
      within(panel).getByRole('button', { name }).focus()
      await user.keyboard(key)
      await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
      expect(document.activeElement).toBe(await row(/gpt-oss/))
    }
  })

  it('stays on Unload while it works, and goes to the row when there is nothing to unload any more', async () => {
    const user = userEvent.setup()
    const engine = attic()
    let go: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    engine.on('ollama.unload', async () => {
      await held
      engine.state.ollamaModels = engine.state.ollamaModels.map((model) => ({ ...model, running: null }))
    })
    renderApp(engine, PAGE)
    const unload = await screen.findByRole('button', { name: 'Unload: llama3.1:8b' })
    await user.click(unload)
    await user.click(unload)
    expect(document.activeElement).toBe(unload)
    expect(engine.inputs('ollama.unload')).toHaveLength(1)
    expect(screen.queryByRole('complementary')).toBeNull()
    go()
    await waitFor(() => expect(unload.isConnected).toBe(false))
    expect(document.activeElement).toBe(await row(/llama3.1:8b/))
  })

  it('goes from Resume to the button beside it', async () => {
    const user = userEvent.setup()
    renderApp(attic({ jobs: [someJob('a', { model: 'phi4:14b', state: 'cancelled', endedAt: Date.now() })] }), PAGE)
    const resume = await screen.findByRole('button', { name: 'Resume: Pull phi4:14b' })
    await user.click(resume)
    await waitFor(() => expect(resume.isConnected).toBe(false))
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Cancel: Pull phi4:14b/)
  })
})

describe('a failed update of all', () => {
  async function fail(): Promise<MockEngine> {
    const engine = attic()
    engine.fail('jobs.updateAll', { code: 'queue_full', message: '1000 jobs run or wait already.', retryable: true })
    renderApp(engine, PAGE)
    await row(/llama3.1/)
    await userEvent.click(screen.getAllByRole('button', { name: 'Update all' })[0] as HTMLElement)
    await screen.findByText(/1000 jobs run/)
    return engine
  }
  const isGone = (): Promise<void> => waitFor(() => expect(screen.queryByText(/1000 jobs run/)).toBeNull())

  it('is dismissed', async () => {
    await fail()
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
    await isGone()
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })

  it('goes when the server’s state changes', async () => {
    const engine = await fail()
    engine.state.connections = [connectionView('attic', { place: 'near', health: { state: 'down' } })]
    act(() => engine.emit({ type: 'connections:changed' }))
    await isGone()
  })

  it('goes when the engine is back', async () => {
    const engine = await fail()
    engine.drop()
    await isGone()
    expect(useConnectionStore.getState().connection.state).toBe('connected')
  })
})

describe('states of the server', () => {
  it('without models offers a field that pulls', async () => {
    const user = userEvent.setup()
    const engine = attic({ ollamaModels: [] })
    renderApp(engine, PAGE)
    await screen.findByText('No models on attic yet.')
    await user.type(screen.getByRole('textbox', { name: 'Model' }), 'ollama pull qwen3:4b{Enter}')
    await waitFor(() => expect(engine.inputs('jobs.pull')).toEqual([{ connectionId: 'attic', model: 'qwen3:4b' }]))
    expect(await job(/Pull qwen3:4b/)).toBeDefined()
  })

  it('down keeps the list that this window has, dated, and recovers by itself', async () => {
    const engine = attic()
    renderApp(engine, PAGE)
    await row(/llama3.1/)
    engine.fail('ollama.models', GONE)
    act(() => engine.emit({ type: 'connections:changed' }))
    expect(await screen.findByText('attic does not answer.')).toBeDefined()
    expect(await row(/llama3.1/)).toBeDefined()
    expect(screen.getByText(/^as of \d\d:\d\d$/)).toBeDefined()
    engine.fail('ollama.models', null)
    act(() => engine.emit({ type: 'connections:changed' }))
    await waitFor(() => expect(screen.queryByText('attic does not answer.')).toBeNull())
  })

  it('down from the start says so with a way to try again', async () => {
    const engine = attic()
    engine.fail('ollama.models', GONE)
    renderApp(engine, PAGE)
    expect(await screen.findByText('attic does not answer.')).toBeDefined()
    engine.fail('ollama.models', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await row(/llama3.1/)).toBeDefined()
  })

  it('paused is not asked, and can be resumed', async () => {
    const engine = attic({
      connections: [connectionView('attic', { config: { enabled: false }, health: { state: 'disabled' } })],
    })
    renderApp(engine, PAGE)
    await userEvent.click(await screen.findByRole('button', { name: 'Resume attic' }))
    expect(await row(/llama3.1/)).toBeDefined()
    expect(engine.inputs('connections.setEnabled')).toEqual([{ id: 'attic', enabled: true }])
  })

  it('unknown or of another kind leads back', async () => {
    renderApp(attic(), '/backends/nowhere/models')
    expect(await screen.findByText('There is no such connection.')).toBeDefined()
  })
})

describe('jobs that could not be read', () => {
  it('say so, promise nothing, and are asked for again', async () => {
    const engine = attic({ jobs: [someJob('a', { model: 'phi4:14b' })] })
    engine.fail('jobs.list', { code: 'upstream_unavailable', message: 'The engine does not answer.', retryable: true })
    renderApp(engine, PAGE)
    const said = await screen.findByText('Jobs could not be read')
    // Nothing was shown before, and nothing here has a date.
    expect(said.closest('.err')?.textContent).not.toContain('date')
    engine.fail('jobs.list', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await job(/phi4:14b/)
    expect(screen.queryByText('Jobs could not be read')).toBeNull()
  })
})

describe('sheets', () => {
  it('pull several names with the insecure choice, and refuse what is no name', async () => {
    const user = userEvent.setup()
    const engine = attic()
    renderApp(engine, PAGE)
    await row(/llama3.1/)
    await user.click(screen.getByRole('button', { name: 'Pull' }))
    const dialog = await screen.findByRole('dialog')
    const field = within(dialog).getByRole('textbox', { name: 'Model' })
    await user.type(field, 'a/b/c/d{Enter}')
    expect(within(dialog).getByText(/“a\/b\/c\/d” is no model name/)).toBeDefined()
    expect(engine.inputs('jobs.pull')).toEqual([])
    await user.clear(field)
    await user.click(field)
    await user.paste('llama3.1:8b localhost:5000/team/m')
    expect(within(dialog).getByText(/llama3.1:8b is installed/)).toBeDefined()
    expect(within(dialog).getByText('From localhost:5000: team/m, tag latest')).toBeDefined()
    await user.click(within(dialog).getByRole('checkbox', { name: /Insecure/, hidden: true }))
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await user.click(screen.getByRole('button', { name: 'Pull' }))
    const again = await screen.findByRole('dialog')
    await user.click(within(again).getByRole('checkbox', { name: /Insecure/, hidden: true }))
    const kept = within(again).getByRole<HTMLInputElement>('textbox', { name: 'Model' })
    expect(kept.value).toBe('llama3.1:8b localhost:5000/team/m')
    await user.clear(kept)
    await user.paste('qwen3 localhost:5000/team/m')
    await user.keyboard('{Enter}')
    await waitFor(() =>
      expect(engine.inputs('jobs.pull')).toEqual([
        { connectionId: 'attic', model: 'qwen3', insecure: true },
        { connectionId: 'attic', model: 'localhost:5000/team/m', insecure: true },
      ]),
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('delete says what it frees, and nothing where other names share the files', async () => {
    const engine = attic()
    renderApp(engine, PAGE)
    await fromMenu(/gemma3:4b/, 'Delete…')
    expect(await screen.findByText('Frees no disk: gemma3:latest uses the same files.')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Keep' }))
    await fromMenu(/gpt-oss:20b/, 'Delete…')
    expect(await screen.findByText(/Frees up to 13.8 GB on attic/)).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(screen.queryByRole('row', { name: /gpt-oss/ })).toBeNull())
    expect(engine.inputs('ollama.remove')).toEqual([{ connectionId: 'attic', model: 'gpt-oss:20b' }])
  })

  it('rename copies, then deletes; a half-done rename says what is left', async () => {
    const user = userEvent.setup()
    const engine = attic()
    renderApp(engine, PAGE)
    await fromMenu(/gpt-oss:20b/, 'Copy or rename…')
    await user.click(await screen.findByRole('button', { name: 'Rename' }))
    const field = screen.getByRole('textbox', { name: 'New name' })
    await user.type(field, 'gemma3:4b')
    expect(screen.getByText('gemma3:4b exists already and would be replaced.')).toBeDefined()
    await user.clear(field)
    await user.type(field, 'mine')
    engine.fail('ollama.remove', GONE)
    await user.click(screen.getAllByRole('button', { name: 'Rename' }).at(-1) as HTMLElement)
    expect((await screen.findByRole('alert')).textContent).toContain('the old one could not be deleted')
    expect(engine.inputs('ollama.copy')).toEqual([
      { connectionId: 'attic', source: 'gpt-oss:20b', destination: 'mine:latest' },
    ])
  })

  it('push refuses a name that leads nowhere, and sends one that does', async () => {
    const engine = attic()
    renderApp(engine, PAGE)
    await fromMenu(/gpt-oss:20b/, 'Push…')
    expect(await screen.findByText(/needs your account’s name in front/)).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Push' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    await fromMenu(/ada\/careful-coder/, 'Push…')
    await userEvent.click(await screen.findByRole('button', { name: 'Push' }))
    await waitFor(() =>
      expect(engine.inputs('jobs.push')).toEqual([{ connectionId: 'attic', model: 'ada/careful-coder:v4' }]),
    )
  })

  it('create starts from a model, and shows mistakes at their lines', async () => {
    const user = userEvent.setup()
    const engine = attic()
    const first = 'Modelfile, line 2, column 11: "temprature" is no parameter.'
    engine.fail('jobs.create', {
      code: 'invalid_request',
      message: first,
      retryable: false,
      param: 'modelfile',
      detail: `${first}\nModelfile, line 3, column 1: "SYTEM" is no instruction.`,
    })
    renderApp(engine, PAGE)
    await userEvent.click(await row(/gpt-oss/))
    await user.click(await screen.findByRole('button', { name: 'New from this' }))
    const dialog = await screen.findByRole('dialog')
    const editor = within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: 'Modelfile' })
    await waitFor(() => expect(editor.value).toContain('FROM gpt-oss:20b'))
    await user.clear(editor)
    await user.click(editor)
    await user.paste('FROM gpt-oss:20b\nPARAMETER temprature 1\nSYTEM x')
    await user.type(within(dialog).getByRole('textbox', { name: 'Name of the new model' }), 'mine')
    await user.click(within(dialog).getByRole('button', { name: 'Create' }))
    const alert = await within(dialog).findByRole('alert')
    expect(alert.textContent).toContain('2 lines are wrong')
    expect(document.activeElement).toBe(editor)
    expect(editor.selectionStart).toBe(editor.value.indexOf('temprature'))
    await user.click(within(alert).getByRole('button', { name: 'Line 3' }))
    expect(editor.selectionStart).toBe(editor.value.indexOf('SYTEM'))
    engine.fail('jobs.create', null)
    await user.clear(editor)
    await user.click(editor)
    await user.paste('FROM gpt-oss:20b')
    expect(within(dialog).queryByRole('alert')).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'Create' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(engine.inputs('jobs.create').at(-1)).toEqual({
      connectionId: 'attic',
      model: 'mine',
      modelfile: 'FROM gpt-oss:20b',
    })
  })

  it('create gives back what was written when another start replaced it', async () => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    await userEvent.click(await row(/gpt-oss/))
    await user.click(await screen.findByRole('button', { name: 'New from this' }))
    const editor = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Modelfile' })
    await waitFor(() => expect(editor.value).toContain('FROM gpt-oss:20b'))
    await user.type(editor, 'SYSTEM mine')
    await user.click(screen.getByRole('combobox', { name: /Start from/ }))
    await user.click(await screen.findByRole('option', { name: /gemma3:4b/ }))
    await waitFor(() => expect(editor.value).toContain('FROM gemma3:4b'))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(editor.value).toContain('SYSTEM mine'))
    expect(editor.value).toContain('FROM gpt-oss:20b')
  })

  it('create keeps what was written beside a click outside, Escape and another page, until it is cancelled', async () => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    await row(/llama3.1/)
    const open = async (): Promise<HTMLTextAreaElement> => {
      await user.click(screen.getAllByRole('button', { name: 'Create…' })[0] as HTMLElement)
      return screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Modelfile' })
    }
    const editor = await open()
    await user.type(screen.getByRole('textbox', { name: 'Name of the new model' }), 'mine')
    await user.clear(editor)
    await user.click(editor)
    await user.paste('FROM gemma3:4b\nSYSTEM by hand')
    await user.click(scrim())
    expect(screen.getByRole('dialog').contains(editor)).toBe(true)
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await goTo('/backends')
    await screen.findByRole('article', { name: 'attic' })
    await goTo(PAGE)
    await row(/llama3.1/)
    const again = await open()
    expect(again.value).toBe('FROM gemma3:4b\nSYSTEM by hand')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name of the new model' }).value).toBe('mine')
    await user.click(screen.getByRole('button', { name: 'Start over' }))
    expect(again.value).toContain('FROM \n')
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(again.value).toContain('by hand')
    await user.click(screen.getByRole('button', { name: 'Cancel' }))
    expect((await open()).value).toContain('FROM \n')
  })

  it('create, started from a model, has the unsent text one step away', async () => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    await row(/gpt-oss/)
    await user.click(screen.getAllByRole('button', { name: 'Create…' })[0] as HTMLElement)
    await user.type(await screen.findByRole('textbox', { name: 'Modelfile' }), '# by hand')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await user.click(await row(/gpt-oss/))
    await user.click(await screen.findByRole('button', { name: 'New from this' }))
    const editor = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Modelfile' })
    await waitFor(() => expect(editor.value).toContain('FROM gpt-oss:20b'))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(editor.value).toContain('# by hand')
  })

  it.each([
    ['pull', 'Pull', 'Model'],
    ['copy', null, 'New name'],
    ['upload', 'Upload GGUF…', 'Name of the model'],
  ])('%s stays open beside a click outside once something was typed', async (_kind, opener, field) => {
    const user = userEvent.setup()
    renderApp(attic(), PAGE)
    await row(/llama3.1/)
    const open = async (): Promise<void> => {
      if (opener === null) await fromMenu(/gpt-oss:20b/, 'Copy or rename…')
      else await user.click(screen.getAllByRole('button', { name: opener })[0] as HTMLElement)
      await screen.findByRole('dialog')
    }
    await open()
    await user.click(scrim())
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await open()
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: field })
    await user.type(input, 'qwen3')
    await user.click(scrim())
    expect(screen.getByRole('dialog').contains(input)).toBe(true)
    expect(input.value).toBe('qwen3')
  })

  it('pull keeps what was typed beside Escape and another page, until it is sent', async () => {
    const user = userEvent.setup()
    const engine = attic()
    renderApp(engine, PAGE)
    await row(/llama3.1/)
    const open = async (): Promise<HTMLInputElement> => {
      await user.click(screen.getAllByRole('button', { name: 'Pull' })[0] as HTMLElement)
      const sheet = await screen.findByRole('dialog')
      return within(sheet).getByRole<HTMLInputElement>('textbox', { name: 'Model' })
    }
    await user.type(await open(), 'hf.co/somebody/Qwen3-4B-GGUF')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await goTo('/backends')
    await screen.findByRole('article', { name: 'attic' })
    await goTo(PAGE)
    await row(/llama3.1/)
    const again = await open()
    expect(again.value).toBe('hf.co/somebody/Qwen3-4B-GGUF')
    // Selected: the next key writes over it.
    expect([again.selectionStart, again.selectionEnd]).toEqual([0, again.value.length])
    await user.type(again, '{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(engine.inputs('jobs.pull')).toEqual([{ connectionId: 'attic', model: 'hf.co/somebody/Qwen3-4B-GGUF' }])
    expect((await open()).value).toBe('')
  })

  it('do not wait for the next visit', async () => {
    renderApp(attic(), PAGE)
    await fromMenu(/gpt-oss:20b/, 'Delete…')
    await screen.findByRole('dialog')
    await goTo('/backends')
    await screen.findByRole('article', { name: 'attic' })
    await goTo(PAGE)
    await row(/gpt-oss/)
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('upload by path starts a job under a suggested name', async () => {
    const user = userEvent.setup()
    const engine = attic()
    renderApp(engine, PAGE)
    await row(/llama3.1/)
    await user.click(screen.getAllByRole('button', { name: 'Upload GGUF…' })[0] as HTMLElement)
    await user.click(await screen.findByRole('button', { name: 'By path' }))
    await user.click(screen.getByRole('textbox', { name: /File on the machine/ }))
    await user.paste('/srv/My Model-Q8_0.gguf')
    const held = new Promise<never>(() => undefined)
    engine.on('jobs.upload', () => held)
    await user.click(screen.getByRole('button', { name: 'Upload' }))
    // Sent once, however often it is asked for.
    await user.click(screen.getByRole('button', { name: 'Upload' }))
    await user.type(screen.getByRole('textbox', { name: 'Name of the model' }), '{Enter}')
    await waitFor(() =>
      expect(engine.inputs('jobs.upload')).toEqual([
        { connectionId: 'attic', model: 'my-model-q8_0', path: '/srv/My Model-Q8_0.gguf' },
      ]),
    )
  })
})

describe('jobs', () => {
  it('tell bytes, speed and time left while bytes come, and no speed once they do not', async () => {
    const engine = attic({ jobs: [someJob('a', { model: 'phi4:14b' })] })
    renderApp(engine, PAGE)
    const shown = await job(/Pull phi4:14b/)
    await waitFor(() => expect(shown.textContent).toContain('12 MB/s · 8 min 3 s left'))
    expect(shown.textContent).toContain('8.6 / 14.3 GB · 60 %')
    // A snapshot that carries an old speed by mistake is not believed.
    engine.state.jobs = [
      someJob('a', { model: 'phi4:14b', state: 'stalled', progressAt: Date.now() - 23_000, attempts: 3 }),
    ]
    act(() => engine.emit({ type: 'jobs:changed' }))
    await waitFor(() => expect(shown.textContent).toMatch(/stalled for 2\d s/))
    expect(shown.textContent).not.toContain('MB/s')
    expect(shown.textContent).toMatch(/Nothing has come since \d\d:\d\d. It is asked again by itself \(try 3\)/)
  })

  it('hide the speed while the engine is away', async () => {
    renderApp(attic({ jobs: [someJob('a')] }), PAGE)
    const shown = await job(/Pull/)
    await waitFor(() => expect(shown.textContent).toContain('MB/s'))
    act(() => useConnectionStore.setState({ connection: { state: 'reconnecting', since: Date.now(), attempt: 1 } }))
    expect(shown.textContent).not.toContain('MB/s')
    expect(shown.textContent).toMatch(/the engine does not answer, as of \d\d:\d\d/)
  })

  it('cancel says what stays, then resume or dismiss', async () => {
    const engine = attic({ jobs: [someJob('a', { model: 'phi4:14b' })] })
    renderApp(engine, PAGE)
    await job(/Pull phi4/)
    await userEvent.click(screen.getByRole('button', { name: 'Cancel: Pull phi4:14b. An installed version stays.' }))
    expect(await screen.findByText(/What had come is kept on the server/)).toBeDefined()
    // The focus did not fall out of the row.
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Dismiss: Pull phi4:14b')
    await userEvent.click(screen.getByRole('button', { name: 'Resume: Pull phi4:14b' }))
    await screen.findByRole('button', { name: /^Cancel: Pull phi4/ })
    expect(engine.inputs('jobs.resume')).toEqual([{ id: 'a' }])
  })

  it('offer no way on where the file is gone', async () => {
    const gone = { kind: 'upload', model: 'mine', state: 'cancelled', endedAt: Date.now(), canResume: false } as const
    renderApp(attic({ jobs: [someJob('a', gone), someJob('b', { ...gone, model: 'kept', canResume: true })] }), PAGE)
    expect(await screen.findByText(/The file that was sent for it is deleted/)).toBeDefined()
    expect(screen.getByRole('button', { name: 'Dismiss: Upload mine' })).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Resume: Upload mine' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Resume: Upload kept' })).toBeDefined()
  })

  it('say when they are tried again and why, and can be hurried', async () => {
    const engine = attic({
      jobs: [someJob('a', { state: 'retrying', retryAt: Date.now() + 14_000, error: GONE, bytesPerSecond: null })],
    })
    renderApp(engine, PAGE)
    const shown = await job(/Pull/)
    expect(shown.textContent).toMatch(/next try in 1\d s/)
    expect(shown.textContent).toContain('The line broke: attic does not answer.')
    await userEvent.click(within(shown).getByRole('button', { name: /^Try now/ }))
    expect(engine.inputs('jobs.resume')).toEqual([{ id: 'a' }])
  })

  it('tell the truth about an update that failed in part', async () => {
    renderApp(attic({ jobs: [failedUpdate()] }), PAGE)
    const shown = await job(/Update all/)
    expect(shown.textContent).toContain('2 of 7 models could not be updated')
    expect(shown.textContent).toContain('1 updated · 4 up to date')
    const items = within(shown).getByRole('list', { name: 'Models of this update' })
    expect(within(items).getAllByRole('listitem')).toHaveLength(2)
    expect(items.textContent).toContain('The disk of attic is full')
    await userEvent.click(within(shown).getByRole('button', { name: 'Show models' }))
    expect(within(items).getAllByRole('listitem')).toHaveLength(7)
  })

  it('stand in the strip of every page and open from there', async () => {
    const engine = attic({ jobs: [someJob('a', { model: 'phi4:14b' })] })
    renderApp(engine, '/settings')
    await userEvent.click(await screen.findByRole('button', { name: 'Jobs: Pull phi4:14b, 60 %' }))
    expect(await job(/Pull phi4:14b/)).toBeDefined()
    engine.state.jobs = []
    act(() => engine.emit({ type: 'jobs:changed' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Jobs:/ })).toBeNull())
  })

  it('are said in Chinese', async () => {
    renderApp(attic({ jobs: [someJob('a', { model: 'phi4:14b' })] }), PAGE, 'zh')
    const shown = await job(/拉取 phi4:14b/)
    await waitFor(() => expect(shown.textContent).toContain('还需 8 min 3 s'))
    expect(shown.textContent).toContain('正在下载层 6a0746a1ec1a')
  })
})
