import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GgufFile, ModelMetrics } from '#shared/models.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { modelFile } from '../support/samples.ts'

const GB = 1024 ** 3

function loadedFile(id: string, patch: Partial<GgufFile> = {}): GgufFile {
  return modelFile(id, {
    loaded: {
      state: 'loaded',
      progress: 1,
      loadedAt: Date.now(),
      expiresAt: null,
      activeRequests: 0,
      queuedRequests: 0,
      contextSize: 8192,
      sequences: 1,
      memory: { ram: GB, vram: 3 * GB },
      gpuLayers: 12,
      options: {},
    },
    ...patch,
  })
}

function metrics(patch: Partial<ModelMetrics> = {}): ModelMetrics {
  return {
    requests: 12,
    failed: 1,
    promptTokens: 4000,
    completionTokens: 900,
    tokensPerSecond: 41.26,
    promptTokensPerSecond: 1240.4,
    ttftMs: 210,
    memory: { ram: GB, vram: 3 * GB },
    gpuShare: 0.3243,
    activeRequests: 0,
    queuedRequests: 0,
    loadedAt: 1,
    ...patch,
  }
}

async function open(engine: MockEngine, name: string, language: 'en' | 'zh' = 'en'): Promise<HTMLElement> {
  renderApp(engine, '/models', language)
  await userEvent.click(await screen.findByRole('row', { name: new RegExp(name) }))
  return screen.findByRole('complementary')
}

/** The section with this heading. */
async function section(panel: HTMLElement, title: string): Promise<HTMLElement> {
  const heading = await within(panel).findByRole('heading', { name: new RegExp(`^${title}`) })
  return heading.closest('section') as HTMLElement
}

function figures(part: HTMLElement): string[] {
  return [...part.querySelectorAll('dl > div')].map((row) => [...row.children].map((one) => one.textContent).join(': '))
}

describe('the performance of a model', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('shows speeds, requests, memory and the share of the GPU', async () => {
    const engine = createMockEngine({ files: [loadedFile('tiny')] })
    engine.on('models.metrics', () => metrics())
    const part = await section(await open(engine, 'tiny'), 'Performance')
    await waitFor(() =>
      expect(figures(part)).toEqual([
        'Answer: 41.3 tokens/s',
        'Prompt: 1,240 tokens/s',
        'First token: 0.21 s',
        'Requests in all: 12 · 1 failed',
        'Memory: 1.0 GB RAM · 3.0 GB VRAM',
        'On the GPU: 32 % · 12 layers',
      ]),
    )
    expect(engine.inputs('models.metrics')[0]).toEqual({ id: 'tiny' })
  })

  it('says that there are no answers yet, with what a loaded model takes', async () => {
    const engine = createMockEngine({ files: [loadedFile('tiny')] })
    const none = { requests: 0, failed: 0, tokensPerSecond: null, promptTokensPerSecond: null, ttftMs: null }
    engine.on('models.metrics', () => metrics({ ...none, memory: { ram: GB, vram: 0 }, gpuShare: 0 }))
    const part = await section(await open(engine, 'tiny'), 'Performance')
    expect(within(part).getByText('No answers yet.')).toBeDefined()
    expect(figures(part).map((row) => row.split(':')[0])).toEqual(['Memory', 'On the GPU'])
  })

  it('keeps the speeds of a model that is unloaded, and asks for it no more', async () => {
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    engine.on('models.metrics', () => metrics({ memory: { ram: 0, vram: 0 } }))
    const panel = await open(engine, 'tiny')
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const part = await section(panel, 'Performance')
    expect(figures(part).map((row) => row.split(':')[0])).toEqual([
      'Answer',
      'Prompt',
      'First token',
      'Requests in all',
    ])
    await act(() => vi.advanceTimersByTimeAsync(20_000))
    expect(engine.inputs('models.metrics').length).toBe(1)
  })

  it('asks every 2 s while loaded and seen, and not while the window is hidden', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible')
    const engine = createMockEngine({ files: [loadedFile('tiny')] })
    let requests = 0
    engine.on('models.metrics', () => metrics({ requests: ++requests, failed: 0 }))
    renderApp(engine, '/models')
    const row = await screen.findByRole('row', { name: /tiny/ })
    act(() => row.focus())
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).keyboard('{Enter}')
    const part = await section(await screen.findByRole('complementary'), 'Performance')
    const asked = (): number => engine.inputs('models.metrics').length
    const before = asked()
    await act(() => vi.advanceTimersByTimeAsync(10_000))
    expect(asked() - before).toBeGreaterThanOrEqual(4)
    expect(asked() - before).toBeLessThanOrEqual(5)
    await waitFor(() => expect(within(part).getByText(String(asked()))).toBeDefined())
    seen.mockReturnValue('hidden')
    const hiddenAt = asked()
    await act(() => vi.advanceTimersByTimeAsync(30_000))
    expect(asked() - hiddenAt).toBeLessThanOrEqual(1)
  })

  it('says when the figures cannot be read', async () => {
    const engine = createMockEngine({ files: [loadedFile('tiny')] })
    engine.fail('models.metrics', { code: 'internal', message: 'The worker is gone.', retryable: false })
    const part = await section(await open(engine, 'tiny'), 'Performance')
    expect(part.textContent).toContain('Its figures could not be read: The worker is gone.')
  })
})

describe('notes beside a model', () => {
  it('are saved when the field is left, beside what others keep there', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    let kept: Record<string, unknown> = { note: 'Slow.', owner: 'lab' }
    engine.on('models.metadata', () => kept)
    engine.on('models.saveMetadata', ({ metadata }: { metadata: Record<string, unknown> }) => {
      kept = metadata
    })
    const panel = await open(engine, 'tiny')
    const field = await within(panel).findByRole('textbox', { name: 'Notes' })
    await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe('Slow.'))
    await user.type(field, ' Good at lists.')
    expect(engine.inputs('models.saveMetadata')).toEqual([])
    await user.tab()
    expect(await within(panel).findByText('saved')).toBeDefined()
    expect(kept).toEqual({ note: 'Slow. Good at lists.', owner: 'lab' })
    await user.clear(field)
    expect(within(panel).queryByText('saved')).toBeNull()
    await user.tab()
    await waitFor(() => expect(kept).toEqual({ owner: 'lab' }))
  })

  it('are not saved when nothing was changed, and saved when the page goes while they are written', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    const panel = await open(engine, 'tiny')
    const field = await within(panel).findByRole('textbox', { name: 'Notes' })
    await waitFor(() => expect((field as HTMLTextAreaElement).disabled).toBe(false))
    await user.click(field)
    await user.tab()
    expect(engine.inputs('models.saveMetadata')).toEqual([])
    await user.type(field, 'Half a thought')
    act(() => {
      location.hash = '/settings'
    })
    await waitFor(() =>
      expect(engine.inputs('models.saveMetadata')).toEqual([{ id: 'tiny', metadata: { note: 'Half a thought' } }]),
    )
  })

  it('stay in the field when they cannot be saved', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [modelFile('tiny')] })
    engine.fail('models.saveMetadata', { code: 'storage_failed', message: 'disk full', retryable: false })
    const panel = await open(engine, 'tiny')
    const field = await within(panel).findByRole('textbox', { name: 'Notes' })
    await waitFor(() => expect((field as HTMLTextAreaElement).disabled).toBe(false))
    await user.type(field, 'Keep me')
    await user.tab()
    expect((await within(panel).findByRole('alert')).textContent).toContain('disk full')
    expect((field as HTMLTextAreaElement).value).toBe('Keep me')
    engine.fail('models.saveMetadata', null)
    await user.click(field)
    await user.tab()
    expect(await within(panel).findByText('saved')).toBeDefined()
    expect(within(panel).queryByRole('alert')).toBeNull()
  })
})

describe('load options that cannot hold', () => {
  const TOO_LONG = 'contextSize asks for 1,000,000 tokens, but tiny reads 40,960 at most.'
  const shown = 'Context window: asks for 1,000,000 tokens, but tiny reads 40,960 at most.'

  function engineThatChecks(file: GgufFile): MockEngine {
    const engine = createMockEngine({ files: [file] })
    engine.on('models.validate', ({ options }: { options: { contextSize?: number } }) =>
      (options.contextSize ?? 0) > 40_960 ? [TOO_LONG] : [],
    )
    return engine
  }

  it('are named while they are edited, and not saved', async () => {
    const user = userEvent.setup()
    const engine = engineThatChecks(modelFile('tiny'))
    const panel = await open(engine, 'tiny')
    const context = within(panel).getByRole('textbox', { name: 'Context window' })
    await user.type(context, '1000000{Enter}')
    expect(await within(panel).findByText(shown)).toBeDefined()
    const save = within(panel).getByRole('button', { name: 'Save' }) as HTMLButtonElement
    expect(save.disabled).toBe(true)
    expect(document.getElementById(save.getAttribute('aria-describedby') ?? '')?.textContent).toContain(shown)
    await user.clear(context)
    await user.type(context, '4096{Enter}')
    await waitFor(() => expect(within(panel).queryByText(shown)).toBeNull())
    await user.click(within(panel).getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(engine.inputs('models.setOptions')).toEqual([{ id: 'tiny', options: { contextSize: 4096 } }]),
    )
  })

  it('are not saved either by who is faster than the check', async () => {
    const user = userEvent.setup()
    const engine = engineThatChecks(modelFile('tiny'))
    const panel = await open(engine, 'tiny')
    await user.type(within(panel).getByRole('textbox', { name: 'Context window' }), '1000000{Enter}')
    await user.click(within(panel).getByRole('button', { name: 'Save' }))
    expect(await within(panel).findByText(shown)).toBeDefined()
    expect(engine.inputs('models.setOptions')).toEqual([])
  })

  it('are asked about once for a run of changes', async () => {
    const user = userEvent.setup()
    const engine = engineThatChecks(modelFile('tiny'))
    const panel = await open(engine, 'tiny')
    const context = within(panel).getByRole('textbox', { name: 'Context window' })
    await user.type(context, '4096{Enter}')
    await user.clear(context)
    await user.type(context, '1000000{Enter}')
    expect(await within(panel).findByText(shown)).toBeDefined()
    expect(engine.inputs('models.validate')).toEqual([{ id: 'tiny', options: { contextSize: 1_000_000 } }])
  })

  it('are looked at as they will be, without what was taken out', async () => {
    const user = userEvent.setup()
    const engine = engineThatChecks(modelFile('tiny', { options: { contextSize: 512, threads: 2 } }))
    const panel = await open(engine, 'tiny')
    await user.clear(within(panel).getByRole('textbox', { name: 'Context window' }))
    await user.tab()
    await waitFor(() =>
      expect(engine.inputs('models.validate')).toEqual([{ id: 'tiny', options: { contextSize: 8192, threads: 2 } }]),
    )
  })
})

describe('saving options of a loaded model', () => {
  it('says which hold at once and which from the next load', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [loadedFile('tiny', { options: { threads: 2 } })] })
    const panel = await open(engine, 'tiny')
    await user.type(within(panel).getByRole('textbox', { name: 'Context window' }), '4096{Enter}')
    await user.click(within(panel).getByRole('combobox', { name: /^Keep loaded/ }))
    await user.click(await screen.findByRole('option', { name: /^1 h/ }))
    await user.click(within(panel).getByRole('button', { name: 'Save' }))
    expect(await within(panel).findByText('Holds at once: Keep loaded.')).toBeDefined()
    expect(within(panel).getByText('Holds from the next load: Context window.')).toBeDefined()
    expect(engine.inputs('models.updateLoaded')).toEqual([
      { id: 'tiny', options: { contextSize: 4096, keepAliveSeconds: 3600 } },
    ])
    expect(engine.inputs('models.setOptions')).toEqual([])
  })

  it('takes options out as well', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [loadedFile('tiny', { options: { threads: 2, contextSize: 2048 } })] })
    const panel = await open(engine, 'tiny')
    await user.click(within(panel).getByRole('button', { name: 'Defaults: Threads' }))
    await user.click(within(panel).getByRole('button', { name: 'Save' }))
    expect(await within(panel).findByText('Holds from the next load: Threads.')).toBeDefined()
    expect(engine.inputs('models.setOptions')).toEqual([{ id: 'tiny', options: { contextSize: 2048 } }])
    expect(engine.state.files[0]?.options).toEqual({ contextSize: 2048 })
  })

  it('speaks Chinese', async () => {
    const user = userEvent.setup()
    const engine = createMockEngine({ files: [loadedFile('tiny')] })
    const panel = await open(engine, 'tiny', 'zh')
    expect(await within(panel).findByText('还没有回答。')).toBeDefined()
    await user.type(within(panel).getByRole('textbox', { name: '上下文窗口' }), '4096{Enter}')
    await user.click(within(panel).getByRole('button', { name: '保存' }))
    expect(await within(panel).findByText('下次加载时生效：上下文窗口。')).toBeDefined()
    expect(within(panel).getByRole('textbox', { name: '备注' })).toBeDefined()
  })
})
