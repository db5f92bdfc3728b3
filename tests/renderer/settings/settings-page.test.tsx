import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { settingsSchema } from '#shared/settings.ts'
import { isAbsolutePath } from '../../../src/renderer/features/settings/data-rows.tsx'
import { readOrigin } from '../../../src/renderer/features/settings/network-rows.tsx'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'

describe('the Settings page', () => {
  it('shows the theme at once and saves it', async () => {
    const engine = createMockEngine()
    renderApp(engine, '/settings')
    await userEvent.click(await screen.findByRole('button', { name: 'Dark' }))
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'))
    expect(engine.inputs('settings.update')).toEqual([{ theme: 'dark' }])
  })

  it('changes the language of the whole window', async () => {
    renderApp(createMockEngine(), '/settings')
    await userEvent.click(await screen.findByRole('button', { name: '简体中文' }))
    expect(await screen.findByRole('heading', { name: '设置' })).toBeDefined()
    await waitFor(() => expect(document.title).toBe('设置 · Switchyard'))
  })

  it('goes back to the old value when saving fails, and says why in place', async () => {
    const engine = createMockEngine()
    engine.fail('settings.update', { code: 'storage_failed', message: 'The database is read-only.', retryable: false })
    renderApp(engine, '/settings')
    await userEvent.click(await screen.findByRole('button', { name: 'Dark' }))
    expect((await screen.findByRole('alert')).textContent).toContain('The database is read-only.')
    expect(screen.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed')).toBe('false')
  })

  it('locks what the environment decides and names the variable', async () => {
    const engine = createMockEngine({ environment: { theme: 'SWITCHYARD_THEME' } })
    renderApp(engine, '/settings')
    expect(await screen.findByText('Set by SWITCHYARD_THEME; change it there.')).toBeDefined()
    expect(screen.getByRole('button', { name: 'Dark' }).hasAttribute('disabled')).toBe(true)
  })

  it('saves numbers when they are valid and leaves the model’s own when emptied', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ settings: settingsSchema.parse({ welcomed: true, temperature: 0.7 }) })
    renderApp(engine, '/settings')
    const field = await screen.findByRole('textbox', { name: 'Temperature' })
    await user.clear(field)
    await user.type(field, '3{Enter}')
    expect(engine.inputs('settings.update')).toEqual([])
    await user.clear(field)
    await user.tab()
    await waitFor(() => expect(engine.inputs('settings.update')).toEqual([{ temperature: null }]))
  })

  it('adds and removes model folders, whole paths only', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    renderApp(engine, '/settings')
    const field = await screen.findByRole('textbox', { name: 'Path of a model folder' })
    await user.type(field, 'models{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('whole path')
    await user.clear(field)
    await user.type(field, '/srv/models{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Remove /srv/models' }))
    await waitFor(() =>
      expect(engine.inputs('settings.update')).toEqual([{ modelFolders: ['/srv/models'] }, { modelFolders: [] }]),
    )
  })

  it('writes an allowed origin as an origin', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine()
    renderApp(engine, '/settings')
    await user.type(await screen.findByRole('textbox', { name: 'Origin' }), 'http://LOCALHOST:3000/{Enter}')
    await waitFor(() =>
      expect(engine.inputs('settings.update')).toEqual([{ allowedOrigins: ['http://localhost:3000'] }]),
    )
  })

  it('finds settings by their words', async () => {
    const user = userEvent.setup()
    renderApp(createMockEngine(), '/settings')
    await screen.findByRole('region', { name: 'Appearance' })
    await user.type(screen.getByRole('searchbox'), 'origins')
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Appearance' })).toBeNull())
    expect(screen.getByRole('region', { name: 'Network' })).toBeDefined()
  })

  it('gives lines to copy for other clients', async () => {
    renderApp(createMockEngine(), '/settings')
    expect(await screen.findByText('OPENAI_BASE_URL=http://127.0.0.1:4747/v1')).toBeDefined()
    expect(screen.getByText('OLLAMA_HOST=http://127.0.0.1:4747')).toBeDefined()
  })
})

describe('readOrigin', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:3000'],
    ['https://Example.com/', 'https://example.com'],
    ['http://localhost:3000/path', null],
    ['file:///tmp', null],
    ['*', null],
    ['http://user@host', null],
  ])('%s is %s', (text, origin) => {
    expect(readOrigin(text)).toBe(origin)
  })
})

describe('isAbsolutePath', () => {
  it('knows the roots of every platform', () => {
    expect(['/a', 'C:\\a', 'd:/a', '\\\\nas\\m'].every(isAbsolutePath)).toBe(true)
    expect(['a', './a', '~/a', 'C:a'].some(isAbsolutePath)).toBe(false)
  })
})
