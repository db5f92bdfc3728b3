import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { PresetInput } from '#shared/presets.ts'
import { renderApp } from '../support/render-app.tsx'
import { mira, sessionOf } from '../support/team-samples.ts'
import { chooseModel } from './choose-model.ts'
import { createPresetEngine, type PresetEngine } from './mock-presets.ts'
import { preset } from './preset-samples.ts'

const field = (name: string): HTMLInputElement => screen.getByRole('textbox', { name })

async function openCoder(engine: PresetEngine = createPresetEngine()): Promise<PresetEngine> {
  renderApp(engine, '/models/presets/careful-coder')
  await screen.findByRole('textbox', { name: 'Name' })
  await screen.findByRole('slider', { name: 'Temperature' })
  return engine
}

async function retype(input: HTMLElement, text: string): Promise<void> {
  await userEvent.clear(input)
  if (text !== '') await userEvent.type(input, text.replaceAll('{', '{{').replaceAll('[', '[['))
}

const save = (): Promise<void> => userEvent.click(screen.getByRole('button', { name: 'Save' }))
const savedInput = (engine: PresetEngine): PresetInput =>
  (engine.inputs('presets.update').at(-1) as { input: PresetInput }).input

describe('a new model', () => {
  it('needs a base, a name and an id, said at the fields', async () => {
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets/new')
    await userEvent.click(await screen.findByRole('button', { name: 'Make it' }))
    expect((await screen.findByRole('alert')).textContent).toBe('A base model is needed: it is what answers.')
    await chooseModel(screen.getByRole('combobox', { name: 'Model: no model' }), 'gemma', /gemma3/)
    expect(screen.queryByRole('alert')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Make it' }))
    expect((await screen.findByRole('alert')).textContent).toBe('A name is needed.')
    await waitFor(() => expect(document.activeElement).toBe(field('Name')))
    await userEvent.type(field('Name'), '你好')
    await userEvent.click(screen.getByRole('button', { name: 'Make it' }))
    expect((await screen.findByRole('alert')).textContent).toContain('An id is needed')
    expect(engine.inputs('presets.create')).toEqual([])
  })

  it('makes its id from the name until one is typed, is made, and goes on at its own address', async () => {
    const engine = createPresetEngine()
    renderApp(engine, '/models/presets/new')
    await screen.findByRole('button', { name: 'Make it' })
    await chooseModel(screen.getByRole('combobox', { name: 'Model: no model' }), 'gemma', /gemma3/)
    await userEvent.type(field('Name'), 'My Tutor!')
    expect(field('Id').value).toBe('my-tutor')
    await retype(field('Id'), 'me/tutor:1')
    await userEvent.type(field('Name'), '?')
    expect(field('Id').value).toBe('me/tutor:1')
    await userEvent.type(screen.getByRole('combobox', { name: 'Tags' }), 'maths,school{Enter}')
    await userEvent.type(field('System prompt'), 'Teach.')
    await userEvent.click(screen.getByRole('button', { name: 'Make it' }))
    await waitFor(() => expect(location.hash).toBe('#/models/presets/me%2Ftutor%3A1'))
    expect(engine.inputs('presets.create')).toEqual([
      {
        id: 'me/tutor:1',
        baseModelId: 'gemma3:12b',
        name: 'My Tutor!?',
        params: { system: 'Teach.' },
        meta: { tags: [{ name: 'maths' }, { name: 'school' }] },
        grants: [],
        isActive: true,
      },
    ])
    expect(await screen.findByRole('button', { name: 'Save' })).toHaveProperty('disabled', true)
    expect(field('Id').readOnly).toBe(true)
  })

  it('shows at the id that the engine has it already', async () => {
    renderApp(createPresetEngine(), '/models/presets/new')
    await screen.findByRole('button', { name: 'Make it' })
    await chooseModel(screen.getByRole('combobox', { name: 'Model: no model' }), 'gemma', /gemma3/)
    await userEvent.type(field('Name'), 'Careful coder')
    await userEvent.click(screen.getByRole('button', { name: 'Make it' }))
    expect((await screen.findByRole('alert')).textContent).toBe('The id careful-coder is taken.')
    await waitFor(() => expect(document.activeElement).toBe(field('Id')))
  })
})

describe('parameters', () => {
  it('are off until touched, and can be put back to unset', async () => {
    const engine = await openCoder()
    const topK = screen.getByRole('slider', { name: 'Top-k' })
    expect(topK.getAttribute('aria-valuetext')).toBe('not set')
    fireEvent.change(topK, { target: { value: '55' } })
    expect(topK.getAttribute('aria-valuetext')).toBe('55')
    await userEvent.click(screen.getByRole('button', { name: 'Leave Temperature unset' }))
    const figure = field('Longest answer')
    await retype(figure, '900')
    await userEvent.tab()
    await userEvent.click(
      within(screen.getByRole('group', { name: 'Map from disk' })).getByRole('button', { name: 'Off' }),
    )
    await userEvent.type(field('Stop texts'), 'END{Enter}a\\nb')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    const { params } = savedInput(engine)
    expect(params).not.toHaveProperty('temperature')
    expect(params).toMatchObject({ top_k: 55, max_tokens: 900, use_mmap: false, stop: ['END', 'a\nb'], top_p: 0.95 })
  })

  it('win over a chat unless they are opened', async () => {
    const engine = await openCoder()
    await userEvent.click(screen.getByRole('button', { name: /^Temperature: locked/ }))
    await userEvent.click(screen.getByRole('button', { name: /^Top-p: a default/ }))
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    expect(savedInput(engine).meta.switchyard).toEqual({ modes: { temperature: 'default' } })
  })

  it('say which of them the base has no use for, and keep what they do not know', async () => {
    const engine = createPresetEngine([preset('careful-coder', { params: { odd_one: { a: 1 } } })])
    await openCoder(engine)
    expect(screen.getByText('Mirostat').parentElement?.textContent).toContain('not used here')
    const odd = field('odd_one')
    expect(odd.value).toBe('{"a":1}')
    await retype(odd, '{"a":')
    expect(screen.getByRole('alert').textContent).toBe('This is not JSON yet.')
    await userEvent.type(odd, '2}}')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    expect(savedInput(engine).params).toEqual({ odd_one: { a: 2 } })
  })

  it('take further ones by name and JSON', async () => {
    const engine = await openCoder()
    expect(field('Further parameter 1: value').value).toBe('{"enable_thinking":false}')
    await userEvent.click(screen.getByRole('button', { name: 'Add a parameter' }))
    await userEvent.type(field('Further parameter 2: name'), 'top_a')
    await userEvent.type(field('Further parameter 2: value'), '0.25')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    expect(savedInput(engine).params.custom_params).toEqual({
      chat_template_kwargs: { enable_thinking: false },
      top_a: 0.25,
    })
  })

  it('show the engine’s complaint at the row it names', async () => {
    const engine = await openCoder()
    engine.fail('presets.update', {
      code: 'invalid_request',
      message: 'temperature has to be from 0 to 2.',
      retryable: false,
      param: 'params.temperature',
    })
    await userEvent.type(field('Name'), '2')
    await save()
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toBe('temperature has to be from 0 to 2.')
    expect(alert.closest('[data-field="params.temperature"]')).not.toBeNull()
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('slider', { name: 'Temperature' })))
    expect(field('Name').value).toBe('Careful coder2')
    fireEvent.change(screen.getByRole('slider', { name: 'Temperature' }), { target: { value: '0.5' } })
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('show a complaint without a field above the form', async () => {
    const engine = await openCoder()
    engine.fail('presets.update', { code: 'storage_failed', message: 'Disk I/O error.', retryable: false })
    await userEvent.type(field('Name'), '2')
    await save()
    expect((await screen.findByRole('alert')).textContent).toContain('Disk I/O error.')
  })

  it('begin from a template after its difference was seen', async () => {
    const engine = await openCoder()
    await userEvent.click(screen.getByRole('button', { name: 'Templates' }))
    const dialog = await screen.findByRole('dialog', { name: 'Templates' })
    expect(within(dialog).getByRole('button', { name: 'Apply' })).toHaveProperty('disabled', true)
    await userEvent.click(await within(dialog).findByRole('button', { name: /^Precise/ }))
    const line = await within(dialog).findByRole('row', { name: /Temperature/ })
    expect(
      within(line)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['Temperature changed', '0.3', '0.1'])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Apply' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('slider', { name: 'Temperature' }).getAttribute('aria-valuetext')).toBe('0.1')
    await save()
    await waitFor(() => expect(savedInput(engine).params).toMatchObject({ temperature: 0.1, top_p: 0.9 }))
  })

  it('are kept as a template of one’s own', async () => {
    const engine = await openCoder()
    await userEvent.click(screen.getByRole('button', { name: 'Templates' }))
    const dialog = await screen.findByRole('dialog', { name: 'Templates' })
    await userEvent.type(within(dialog).getByRole('textbox', { name: 'Name of the new template' }), 'Reviews')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save as template' }))
    expect(await within(dialog).findByRole('button', { name: /^Reviews/ })).toBeDefined()
    expect(engine.inputs('presets.saveTemplate')).toEqual([
      {
        id: null,
        input: expect.objectContaining({
          name: 'Reviews',
          shared: false,
          params: expect.objectContaining({ top_p: 0.95 }),
        }),
      },
    ])
  })
})

describe('the system prompt', () => {
  it('takes variables from a menu and shows what the model gets, asking after a rest', async () => {
    const engine = await openCoder()
    expect((await screen.findByText(/^You review and write TypeScript for Ada/)).textContent).toContain('plain words')
    const before = engine.inputs('presets.effective').length
    await retype(field('System prompt'), 'Hello ')
    await userEvent.click(screen.getByRole('button', { name: 'Insert a variable' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /^USER_NAME/ }))
    expect(field('System prompt').value).toBe('Hello {{USER_NAME}}')
    expect(await screen.findByText('Hello Ada')).toBeDefined()
    // Seven changes and more; far fewer questions.
    expect(engine.inputs('presets.effective').length - before).toBeLessThan(5)
  })
})

describe('access', () => {
  it('is given to people and groups, changed, and opened to everyone', async () => {
    const engine = await openCoder()
    const access = screen.getByRole('region', { name: 'Access' })
    await within(access).findByText('Platform')
    await userEvent.click(within(access).getByRole('combobox', { name: 'Add people or groups' }))
    await userEvent.type(await screen.findByRole('combobox', { name: 'Search people and groups' }), 'jon@')
    await userEvent.click(await screen.findByRole('option', { name: /Jon Vik/ }))
    await userEvent.click(within(access).getByRole('combobox', { name: 'Rights of Jon Vik: may use' }))
    await userEvent.click(await screen.findByRole('option', { name: 'may use and edit' }))
    await userEvent.click(within(access).getByRole('button', { name: 'Take access from Mira Okafor' }))
    await userEvent.click(within(access).getByRole('checkbox', { name: 'Everyone signed in may use it' }))
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    expect(savedInput(engine).grants).toEqual([
      { principalType: 'user', principalId: '*', permission: 'read' },
      { principalType: 'group', principalId: 'platform', permission: 'read' },
      { principalType: 'user', principalId: 'jon', permission: 'read' },
      { principalType: 'user', principalId: 'jon', permission: 'write' },
    ])
  })

  it('is not sent when it was not touched', async () => {
    const engine = await openCoder()
    await userEvent.type(field('Description'), ' More.')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    expect(savedInput(engine)).not.toHaveProperty('grants')
  })

  it('is read-only for who may only use it, with a copy of one’s own', async () => {
    const engine = createPresetEngine()
    engine.state.session = sessionOf(mira())
    await openCoder(engine)
    expect(screen.getByText('You may use this model, not change it. It belongs to Ada.')).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
    expect(field('Name').matches(':disabled')).toBe(true)
    await userEvent.click(screen.getByRole('button', { name: 'Make your own copy' }))
    expect((await screen.findByRole('textbox', { name: 'Id' })) as HTMLInputElement).toHaveProperty(
      'value',
      'careful-coder-copy',
    )
    expect(field('Name').value).toBe('Careful coder (copy)')
  })
})

describe('beside the form', () => {
  it('tries the draft and the saved version with one prompt, streamed', async () => {
    const engine = await openCoder()
    await retype(field('Name'), 'Other')
    await userEvent.type(field('A prompt to try'), 'Hi{Enter}')
    expect(await screen.findByText('Answer of the saved version.')).toBeDefined()
    expect(await screen.findByText('Answer of the draft.')).toBeDefined()
    expect(screen.getAllByText('0.31 s to first token · 42 tokens/s')).toHaveLength(2)
    expect(engine.inputs('presets.tryOut')).toEqual([
      { id: 'careful-coder', draft: null, prompt: 'Hi' },
      { id: 'careful-coder', draft: expect.objectContaining({ name: 'Other' }), prompt: 'Hi' },
    ])
  })

  it('stops a trial, keeping what came', async () => {
    const engine = createPresetEngine()
    let aborted = 0
    engine.on('presets.tryOut', async function* (_input: never, signal: AbortSignal | undefined) {
      yield { type: 'text', text: 'So far' }
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      aborted += 1
    })
    await openCoder(engine)
    await userEvent.type(field('A prompt to try'), 'Hi{Enter}')
    await screen.findByText('So far')
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    expect(await screen.findByText('stopped')).toBeDefined()
    expect(screen.getByText('So far')).toBeDefined()
    expect(aborted).toBe(1)
  })

  it('says where each value of a request comes from', async () => {
    await openCoder()
    await userEvent.click(screen.getByRole('button', { name: 'Request' }))
    const line = await screen.findByRole('row', { name: /^Temperature/ })
    expect(line.textContent).toBe('Temperature0.3model, lockedinstead of 0.8 (defaults for all)')
  })

  it('keeps the JSON in step both ways, and says what is wrong with it', async () => {
    const engine = await openCoder()
    await userEvent.click(screen.getByRole('button', { name: 'JSON' }))
    const json = field('The model as JSON')
    await retype(field('Name'), 'Renamed')
    await waitFor(() => expect(JSON.parse(json.value)).toMatchObject({ name: 'Renamed' }))
    fireEvent.change(json, { target: { value: json.value.replace('"Renamed"', '"From JSON"') } })
    expect(field('Name').value).toBe('From JSON')
    fireEvent.change(json, { target: { value: json.value.replace('"isActive": true', '"isActive": 3') } })
    expect(screen.getByText(/^Not taken over yet: isActive:/)).toBeDefined()
    expect(json.value).toContain('"isActive": 3')
    await save()
    await waitFor(() => expect(savedInput(engine)).toMatchObject({ name: 'From JSON', isActive: true }))
  })

  it('shows what a version was and brings it back, but not over unsaved changes', async () => {
    const engine = await openCoder()
    await retype(field('Name'), 'Second')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    await userEvent.click(screen.getByRole('button', { name: 'History' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Show what changed in version 1' }))
    const diff = screen.getByRole('region', { name: 'What differs, line by line' })
    expect(diff.querySelector('del')?.textContent).toContain('"name": "Careful coder"')
    expect(diff.querySelector('ins')?.textContent).toContain('"name": "Second"')
    await userEvent.type(field('Description'), 'x')
    expect(screen.getByRole('button', { name: 'Go back to version 1' })).toHaveProperty('disabled', true)
    await userEvent.click(screen.getByRole('button', { name: 'Discard changes' }))
    await userEvent.click(screen.getByRole('button', { name: 'Go back to version 1' }))
    await waitFor(() => expect(field('Name').value).toBe('Careful coder'))
    expect(engine.inputs('presets.revert')).toEqual([{ id: 'careful-coder', version: 1 }])
    expect(await screen.findByRole('button', { name: 'Show what changed in version 2' })).toBeDefined()
    expect(screen.getByText('Version 3').parentElement?.textContent).toContain('now')
  })
})

describe('leaving', () => {
  const leave = (): Promise<void> => userEvent.click(screen.getByRole('link', { name: 'All your models' }))

  it('asks when something is not saved, and stays with all of it', async () => {
    await openCoder()
    await retype(field('Name'), 'Half done')
    await leave()
    const dialog = await screen.findByRole('dialog', { name: 'Leave with unsaved changes?' })
    expect(location.hash).toBe('#/models/presets/careful-coder')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Stay' }))
    expect(field('Name').value).toBe('Half done')
  })

  it('keeps what is not saved for when one comes back', async () => {
    await openCoder()
    await retype(field('Name'), 'Half done')
    await leave()
    await userEvent.click(await screen.findByRole('button', { name: 'Leave and keep them' }))
    await userEvent.click(await screen.findByRole('link', { name: 'Careful coder' }))
    await waitFor(() => expect(field('Name').value).toBe('Half done'))
    expect(screen.getByText('These are unsaved changes from before.')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Discard changes' }))
    expect(field('Name').value).toBe('Careful coder')
  })

  it('asks nothing when all is saved', async () => {
    const engine = await openCoder()
    await retype(field('Name'), 'Done')
    await save()
    await waitFor(() => expect(engine.inputs('presets.update')).toHaveLength(1))
    await waitFor(() => expect(screen.queryByText('not saved')).toBeNull())
    await leave()
    expect(await screen.findByRole('link', { name: 'Done' })).toBeDefined()
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})
