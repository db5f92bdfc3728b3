import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { demoFile, fullShelf, modelFile } from '../support/samples.ts'

const row = async (name: RegExp): Promise<HTMLElement> => screen.findByRole('row', { name })

describe('the Models page', () => {
  it('says so when there is no model, with a way to add one', async () => {
    renderApp(createMockEngine(), '/models')
    expect(await screen.findByText(/No models on this machine yet/)).toBeDefined()
    await userEvent.click(screen.getAllByRole('button', { name: 'Import GGUF' })[1] as HTMLElement)
    expect(await screen.findByRole('dialog', { name: 'Import GGUF' })).toBeDefined()
  })

  it('lists usable models, and keeps offline and refused ones apart', async () => {
    renderApp(createMockEngine({ files: fullShelf() }), '/models')
    expect((await row(/Qwen3-8B/)).textContent).toContain('loaded')
    expect((await row(/gpt-oss/)).textContent).toContain('loading 42 %')
    expect((await row(/phi-4/)).textContent).toContain('checking…')
    expect(screen.queryByRole('row', { name: /Mistral-Small/ })).toBeNull()
    expect(screen.getByText(/1 model is offline/)).toBeDefined()
    const refused = screen.getByRole('region', { name: 'Set aside' })
    expect(within(refused).getByText(/begins with “<!DOCTYPE html>”/)).toBeDefined()
  })

  it('loads a model from its row', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await userEvent.click(await screen.findByRole('button', { name: 'Load: tiny' }))
    await screen.findByRole('button', { name: 'Unload: tiny' })
    expect(engine.inputs('models.load')).toEqual([{ id: 'tiny' }])
  })

  it('shows a failed load at the model, with what to do', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    engine.fail('models.load', {
      code: 'out_of_memory',
      message: 'It needs 10.4 GB; 7.4 GB are free.',
      retryable: false,
    })
    renderApp(engine, '/models')
    await userEvent.click(await screen.findByRole('button', { name: 'Load: tiny' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('Not enough memory')
    expect(alert.textContent).toContain('It needs 10.4 GB; 7.4 GB are free.')
    expect(alert.textContent).toContain('Use a smaller context')
  })

  it('moves through the rows with the arrow keys and opens one with Enter', async () => {
    const user = userEvent.setup()
    renderApp(createMockEngine({ files: [modelFile('alpha'), modelFile('beta'), modelFile('gamma')] }), '/models')
    ;(await row(/alpha/)).focus()
    await user.keyboard('{ArrowDown}')
    expect(document.activeElement?.textContent).toContain('beta')
    await user.keyboard('{Enter}')
    expect(await screen.findByRole('complementary', { name: 'Facts and options of beta' })).toBeDefined()
    await user.keyboard('{End}')
    expect(await screen.findByRole('complementary', { name: 'Facts and options of gamma' })).toBeDefined()
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('complementary')).toBeNull())
  })

  it('keeps changed options until they are saved, marked against the defaults', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await user.click(await row(/tiny/))
    const panel = await screen.findByRole('complementary')
    const context = within(panel).getByRole('textbox', { name: 'Context window' })
    await user.type(context, '16384{Enter}')
    expect(within(panel).getByText('Changed from default')).toBeDefined()
    await user.click(within(panel).getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(engine.inputs('models.setOptions')).toEqual([{ id: 'tiny', options: { contextSize: 16_384 } }]),
    )
    await waitFor(() => expect(within(panel).queryByRole('button', { name: 'Discard' })).toBeNull())
  })

  it('loads with unsaved options, and discards them on request', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await user.click(await row(/tiny/))
    const panel = await screen.findByRole('complementary')
    await user.type(within(panel).getByRole('textbox', { name: 'Context window' }), '2048{Enter}')
    await user.click(within(panel).getByRole('button', { name: 'Load with these' }))
    await waitFor(() => expect(engine.inputs('models.load')).toEqual([{ id: 'tiny', options: { contextSize: 2048 } }]))
    await user.click(await within(panel).findByRole('button', { name: 'Discard' }))
    expect((within(panel).getByRole('textbox', { name: 'Context window' }) as HTMLInputElement).value).toBe('')
  })

  it('unloads before it loads again with other options', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await user.click(await screen.findByRole('button', { name: 'Load: tiny' }))
    await user.click(await row(/tiny/))
    const panel = await screen.findByRole('complementary')
    await user.type(within(panel).getByRole('textbox', { name: 'Context window' }), '2048{Enter}')
    await user.click(await within(panel).findByRole('button', { name: 'Reload with these' }))
    await waitFor(() => expect(engine.inputs('models.load').length).toBe(2))
    const order = engine.calls
      .map((call) => call.path)
      .filter((path) => path === 'models.load' || path === 'models.unload')
    expect(order).toEqual(['models.load', 'models.unload', 'models.load'])
  })

  it('checks a refused file again', async () => {
    const engine = createMockEngine({ files: fullShelf() })
    renderApp(engine, '/models')
    await userEvent.click(await screen.findByRole('button', { name: 'Check again' }))
    await waitFor(() => expect(engine.inputs('models.recheck')).toEqual([{ id: 'download-page' }]))
    expect((await row(/download-page/)).textContent).toContain('checking…')
  })

  it('searches, and says when nothing matches', async () => {
    const user = userEvent.setup()
    renderApp(createMockEngine({ files: fullShelf() }), '/models')
    await row(/gemma/)
    await user.type(screen.getByRole('searchbox', { name: 'Search models' }), 'gemma')
    await waitFor(() => expect(screen.queryByRole('row', { name: /Qwen3-8B/ })).toBeNull())
    await user.type(screen.getByRole('searchbox', { name: 'Search models' }), 'zzz')
    expect(await screen.findByText('No model matches “gemmazzz”.')).toBeDefined()
  })

  it('shows files that were refused on adding, each with its reason', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [demoFile()] })
    engine.state.added = {
      added: [{ id: 'good', path: '/m/good.gguf' }],
      refused: [
        {
          path: '/m/bad.gguf',
          error: { code: 'not_found', message: 'There is no file /m/bad.gguf.', retryable: false },
        },
      ],
    }
    renderApp(engine, '/models')
    await user.click(await screen.findByRole('button', { name: 'Import GGUF' }))
    await user.type(await screen.findByRole('textbox', { name: /File or folder/ }), '/m{Enter}')
    expect(await screen.findByText('Added 1 model')).toBeDefined()
    expect(screen.getByText('There is no file /m/bad.gguf.')).toBeDefined()
    expect(engine.inputs('models.add')).toEqual([{ paths: ['/m'] }])
  })

  it('shows an engine error in place of the list, and the list once it is back', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    engine.fail('models.files', { code: 'storage_failed', message: 'disk I/O error', retryable: false })
    renderApp(engine, '/models')
    expect((await screen.findByRole('alert')).textContent).toContain('disk I/O error')
    engine.fail('models.files', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await row(/tiny/)).toBeDefined()
  })

  it('follows the engine: a changed list appears by itself', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    renderApp(engine, '/models')
    await row(/tiny/)
    engine.state.files = [...engine.state.files, modelFile('newer')]
    engine.emit({ type: 'models:changed' })
    expect(await row(/newer/)).toBeDefined()
  })

  it('says in Chinese why a file is quarantined, and keeps the engine’s own words in the details', async () => {
    const reason = 'The file is a web page, not a GGUF model: the download link led to a page.'
    const bad = modelFile('page', { state: 'quarantined', reason, refusal: 'web-page' })
    renderApp(createMockEngine({ files: [modelFile('tiny'), bad] }), '/models', 'zh')
    const said = await screen.findByText('此文件是网页，不是模型：下载链接指向了一个页面。')
    const form = said.closest('.err')
    expect(form?.querySelector('pre')?.textContent).toContain(reason)
    expect(form?.querySelector('.form')?.textContent).not.toContain(reason)
  })

  it('has no English sentences in Chinese for files that are checked or do not answer', async () => {
    const user = userEvent.setup()
    const checking = modelFile('fresh', {
      state: 'checking',
      reason: 'The file is being checked before its first use.',
    })
    const away = modelFile('away', {
      state: 'offline',
      reason: 'The folder /nas does not answer (ETIMEDOUT).',
      path: '/nas/away.gguf',
    })
    renderApp(createMockEngine({ files: [checking, away] }), '/models', 'zh')
    await user.click(await row(/fresh/))
    await screen.findByText('先读取文件头，再在单独的进程中试加载一次。')
    expect(screen.queryByText(/being checked/)).toBeNull()
    await user.click(screen.getByRole('button', { name: '显示' }))
    await screen.findByText('/nas/away.gguf')
    expect(screen.queryByText(/does not answer/)).toBeNull()
  })

  it('does not count models that it could not list', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    engine.fail('models.files', { code: 'storage_failed', message: 'disk I/O error', retryable: false })
    renderApp(engine, '/models')
    await screen.findByRole('alert')
    expect(screen.getByRole('searchbox', { name: 'Search models' }).getAttribute('placeholder')).toBe('Search models')
  })

  it('speaks Chinese', async () => {
    renderApp(createMockEngine({ files: [modelFile('tiny')] }), '/models', 'zh')
    expect(await screen.findByRole('heading', { name: '模型' })).toBeDefined()
    expect(await screen.findByRole('button', { name: '加载: tiny' })).toBeDefined()
    expect(document.documentElement.lang).toBe('zh-Hans')
  })
})
