import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { renderApp } from '../support/render-app.tsx'
import { mira, sessionOf } from '../support/team-samples.ts'
import { chooseModel } from './choose-model.ts'
import { createPresetEngine } from './mock-presets.ts'
import { preset } from './preset-samples.ts'

const row = (name: RegExp): Promise<HTMLElement> => screen.findByRole('row', { name })

/** Names of the models in the table, top to bottom. */
const names = (): (string | null)[] =>
  within(screen.getByRole('table'))
    .getAllByRole('link')
    .filter((link) => link.classList.contains('to'))
    .map((link) => link.textContent)

describe('the presets list', () => {
  it('says what each runs on, who may use it, and what is wrong with it', async () => {
    renderApp(createPresetEngine(), '/models/presets')
    const coder = await row(/Careful coder/)
    await within(coder).findByText('Platform, 1 person')
    expect(within(coder).getByText('Qwen3 8B')).toBeDefined()
    expect(within(coder).getByRole('img', { name: 'Here' })).toBeDefined()
    expect((await row(/Formal letters/)).textContent).toContain('everyone')
    expect((await row(/Summaries/)).textContent).toContain('base missing')
    expect((await row(/Night shift/)).textContent).toContain('switched off')
    // A preset over a preset shows what answers in the end.
    expect(within(await row(/Night shift/)).getByText('Qwen3 8B')).toBeDefined()
    expect((await row(/Maths tutor/)).textContent).toContain('1 person')
  })

  it('leads to the editor by an id with a slash and a colon', async () => {
    renderApp(createPresetEngine(), '/models/presets')
    await userEvent.click(await screen.findByRole('link', { name: 'Formal letters' }))
    expect(await screen.findByRole('heading', { name: 'Formal letters' })).toBeDefined()
    expect(location.hash).toBe('#/models/presets/letters%2Fde%3Aformal')
  })

  it('asks the engine for a search once the typing rests, and for tag, view and order', async () => {
    const user = userEvent.setup()
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets')
    await row(/Careful coder/)
    await user.type(screen.getByRole('searchbox'), 'tutor')
    await waitFor(() => expect(names()).toEqual(['Maths tutor']))
    const asked = engine.inputs('presets.list').map((input) => (input as { query: string }).query)
    expect(asked.at(-1)).toBe('tutor')
    expect(asked.length).toBeLessThan(4)
    await user.click(screen.getByRole('button', { name: 'Clear search' }))
    await waitFor(() => expect(names()).toHaveLength(5))
    await user.click(screen.getByRole('combobox', { name: 'Tag: All tags' }))
    await user.click(await screen.findByRole('option', { name: 'writing' }))
    await waitFor(() => expect(names()).toEqual(['Formal letters', 'Summaries']))
    await user.click(screen.getByRole('button', { name: 'Model' }))
    await waitFor(() => expect(screen.getByRole('columnheader', { name: 'Model' }).ariaSort).toBe('ascending'))
    expect(engine.inputs('presets.list').at(-1)).toMatchObject({
      tag: 'writing',
      orderBy: 'name',
      direction: 'asc',
      page: 1,
    })
    await user.click(screen.getByRole('button', { name: 'Shared' }))
    expect(await screen.findByText('Nobody has shared a model with you yet.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(() => expect(names()).toHaveLength(5))
  })

  it('shows thirty a page and says which', async () => {
    const user = userEvent.setup()
    const many = Array.from({ length: 65 }, (_, index) =>
      preset(`p-${index}`, { name: `Assistant ${String(index).padStart(2, '0')}`, updatedAt: 1_795_000_000 - index }),
    )
    renderApp(createPresetEngine(many), '/models/presets')
    expect(await screen.findByText('1 to 30 of 65')).toBeDefined()
    expect(names()).toHaveLength(30)
    await user.click(screen.getByRole('button', { name: 'Next page' }))
    await user.click(await screen.findByRole('button', { name: 'Next page' }))
    expect(await screen.findByText('61 to 65 of 65')).toBeDefined()
    await waitFor(() => expect(names()[0]).toBe('Assistant 60'))
    expect(screen.getByRole('button', { name: 'Next page' })).toHaveProperty('disabled', true)
  })

  it('switches chosen models off, publishes them, and deletes them after asking', async () => {
    const user = userEvent.setup()
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets')
    await user.click(await screen.findByRole('checkbox', { name: 'Choose Careful coder' }))
    await user.click(screen.getByRole('checkbox', { name: 'Choose Formal letters' }))
    expect(screen.getByText('2 chosen')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Switch off' }))
    await waitFor(() =>
      expect(engine.inputs('presets.setActive')).toEqual([
        { id: 'careful-coder', isActive: false },
        { id: 'letters/de:formal', isActive: false },
      ]),
    )
    await waitFor(async () => expect((await row(/Careful coder/)).textContent).toContain('switched off'))
    await user.click(screen.getByRole('button', { name: 'Who may use them' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Everyone signed in' }))
    await waitFor(async () => expect((await row(/Careful coder/)).textContent).toContain('everyone'))
    await user.click(screen.getByRole('button', { name: 'Delete' }))
    const dialog = await screen.findByRole('dialog', { name: 'Delete 2 models?' })
    expect(dialog.textContent).toContain('Careful coder, Formal letters')
    expect(engine.inputs('presets.remove')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(names()).toEqual(['Summaries', 'Night shift', 'Maths tutor']))
    expect(screen.queryByText('2 chosen')).toBeNull()
  })

  it('says how far it came when one of many is refused', async () => {
    const user = userEvent.setup()
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets')
    await user.click(await screen.findByRole('checkbox', { name: 'Choose all on this page' }))
    engine.fail('presets.setActive', { code: 'forbidden', message: 'It belongs to Mira.', retryable: false })
    await user.click(screen.getByRole('button', { name: 'Switch off' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('It belongs to Mira.')
    expect(alert.textContent).toContain('0 of 5 were changed')
  })

  it('gives models that lost their base another one, all at once', async () => {
    const user = userEvent.setup()
    const lost = [preset('a', { baseModelId: 'gone:1b' }), preset('b', { baseModelId: 'gone:1b' }), preset('c')]
    const engine = createPresetEngine(lost)
    renderApp(engine, '/models/presets')
    const banner = await screen.findByRole('region', { name: '2 models have lost their base gone:1b.' })
    expect(within(banner).getByRole('button', { name: 'Use it for all 2' })).toHaveProperty('disabled', true)
    await chooseModel(within(banner).getByRole('combobox', { name: 'Model: no model' }), 'gemma', /gemma3/)
    await user.click(within(banner).getByRole('button', { name: 'Use it for all 2' }))
    await waitFor(() => expect(engine.inputs('presets.rebind')).toEqual([{ from: 'gone:1b', to: 'gemma3:12b' }]))
    await waitFor(() => expect(screen.queryByRole('region', { name: /lost their base/ })).toBeNull())
  })

  it('imports a file and says what became of each model', async () => {
    const user = userEvent.setup()
    const engine = createPresetEngine()
    engine.presets.imported = {
      created: ['essay-helper'],
      updated: ['careful-coder'],
      deleted: [],
      unchanged: [],
      refused: [{ id: 'top-secret', reason: 'It belongs to somebody else.' }],
    }
    renderApp(engine, '/models/presets')
    await row(/Careful coder/)
    const text = '[{"id":"essay-helper"}]'
    await user.upload(screen.getByLabelText('Import', { selector: 'input' }), new File([text], 'models.json'))
    const dialog = await screen.findByRole('dialog', { name: 'Import: models.json' })
    expect(engine.inputs('presets.importFile')).toEqual([{ text }])
    expect(dialog.textContent).toContain('1 madeessay-helper')
    expect(dialog.textContent).toContain('1 changedcareful-coder')
    expect(dialog.textContent).toContain('1 refused')
    expect(dialog.textContent).toContain('top-secretIt belongs to somebody else.')
  })

  it('takes a dropped file, and tells what is no file of models', async () => {
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets')
    await row(/Careful coder/)
    const drop = (file: File): void => {
      const event = new Event('drop', { bubbles: true, cancelable: true })
      Object.assign(event, { dataTransfer: { types: ['Files'], files: [file] } })
      document.body.dispatchEvent(event)
    }
    drop(new File(['GGUF'], 'qwen.gguf'))
    const dialog = await screen.findByRole('dialog', { name: 'Import: qwen.gguf' })
    expect(dialog.textContent).toContain('qwen.gguf is not a file of models')
    expect(screen.queryByRole('dialog', { name: 'Import GGUF' })).toBeNull()
    expect(engine.inputs('presets.importFile')).toEqual([])
    drop(new File(['[]'], 'export.json'))
    await waitFor(() => expect(engine.inputs('presets.importFile')).toEqual([{ text: '[]' }]))
    expect(await screen.findByText('There was no model in this file.')).toBeDefined()
  })

  it('hands out an export as a file', async () => {
    const user = userEvent.setup()
    const engine = createPresetEngine()
    const saved: { name: string; blob: Blob | null } = { name: '', blob: null }
    URL.createObjectURL = (blob) => {
      saved.blob = blob as Blob
      return 'blob:x'
    }
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.name = this.download
    })
    renderApp(engine, '/models/presets')
    await user.click(await screen.findByRole('button', { name: 'More for Formal letters' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Export' }))
    await waitFor(() => expect(saved.name).toBe('switchyard-model-letters-de-formal.json'))
    click.mockRestore()
    expect(engine.inputs('presets.exportFile')).toEqual([{ ids: ['letters/de:formal'] }])
    expect(JSON.parse((await saved.blob?.text()) ?? '')).toEqual([expect.objectContaining({ id: 'letters/de:formal' })])
  })

  it('offers nothing that someone may not do', async () => {
    const engine = createPresetEngine()
    engine.state.session = sessionOf(mira())
    renderApp(engine, '/models')
    // The files of the machine are not theirs: the models that people made are shown.
    await row(/Careful coder/)
    expect(screen.queryByRole('button', { name: 'New model' })).toBeNull()
    expect(screen.queryByRole('link', { name: 'Model files' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Import' })).toHaveProperty('disabled', true)
    await userEvent.click(screen.getByRole('button', { name: 'More for Careful coder' }))
    expect(await screen.findByRole('menuitem', { name: 'Export' })).toBeDefined()
    expect(screen.queryByRole('menuitem', { name: 'Delete' })).toBeNull()
  })

  it('is empty with one way on, and shows an error where it happened', async () => {
    const engine = createPresetEngine([])
    engine.fail('presets.list', { code: 'storage_failed', message: 'Disk I/O error.', retryable: false })
    renderApp(engine, '/models/presets')
    expect((await screen.findByRole('alert')).textContent).toContain('Disk I/O error.')
    engine.fail('presets.list', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText(/No model of your own yet/)).toBeDefined()
    expect(screen.getByRole('link', { name: 'New model' }).getAttribute('href')).toBe('#/models/presets/new')
  })
})
