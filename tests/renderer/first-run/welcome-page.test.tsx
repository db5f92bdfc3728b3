import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { Conversation } from '#shared/chats.ts'
import type { CatalogModel } from '#shared/models.ts'
import { settingsSchema } from '#shared/settings.ts'
import { rankForFirstChat } from '../../../src/renderer/features/first-run/choose-model.ts'
import { MockChats } from '../chat/mock-chats.ts'
import { createMockEngine, type MockEngine, type MockState } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { catalogOf, demoFile, fullShelf, modelFile } from '../support/samples.ts'

const conversation: Conversation = {
  id: 'c1',
  title: 'Hello',
  modelId: null,
  pinned: false,
  draft: '',
  activeLeafId: null,
  messageCount: 0,
  answering: false,
  trace: [],
  createdAt: 1,
  updatedAt: 1,
}

function newcomer(patch: Partial<MockState> = {}): MockEngine {
  const engine = createMockEngine({ settings: settingsSchema.parse({}), files: [demoFile()], ...patch })
  engine.on('chats.create', () => conversation)
  engine.on('chats.send', () => ({}))
  return engine
}

const pathIs = (path: string) => waitFor(() => expect(location.hash).toBe(`#${path}`))

describe('the first page', () => {
  it('is shown to someone new', async () => {
    renderApp(newcomer(), '/')
    expect(await screen.findByRole('heading', { name: 'Talk to a model' })).toBeDefined()
    await pathIs('/welcome')
  })

  it('is not shown to someone who has conversations', async () => {
    renderApp(newcomer({ conversations: [conversation] }), '/')
    await pathIs('/chat')
  })

  it('is not shown twice', async () => {
    renderApp(newcomer({ settings: settingsSchema.parse({ welcomed: true }) }), '/')
    await pathIs('/chat')
  })

  it('says what the demo is', async () => {
    renderApp(newcomer(), '/welcome')
    expect(
      await screen.findByText(/hand-written weights that prove the pipeline, not a language model to rely on/),
    ).toBeDefined()
  })

  it('gets to the first answer with one click', async () => {
    const engine = newcomer()
    renderApp(engine, '/welcome')
    await userEvent.click(await screen.findByRole('button', { name: 'Try it with the demo' }))
    await pathIs('/chat/c1')
    expect(engine.inputs('chats.create')).toEqual([{ modelId: 'demo' }])
    expect(engine.inputs('chats.send')).toEqual([
      { id: 'c1', parentId: null, content: 'Hello! What can you do?', modelId: 'demo' },
    ])
    expect(engine.state.settings.welcomed).toBe(true)
  })

  it('hands the focus to the chat that it opens', async () => {
    const engine = newcomer()
    new MockChats(engine)
    renderApp(engine, '/welcome')
    await screen.findByRole('button', { name: 'Try it with the demo' })
    await userEvent.type(screen.getByRole('textbox', { name: 'Your first message' }), 'Write a haiku{Enter}')
    const field = await screen.findByRole('textbox', { name: 'Message' })
    await waitFor(() => expect(document.activeElement).toBe(field))
  })

  it('prefers a person’s own model and lets another be chosen', async () => {
    const user = userEvent.setup()
    const engine = newcomer({
      files: [demoFile(), modelFile('big', { sizeBytes: 9e9 }), modelFile('small', { sizeBytes: 1e9 })],
    })
    renderApp(engine, '/welcome')
    await screen.findByRole('button', { name: 'Use what you have: big' })
    await user.click(screen.getByRole('radio', { name: /small/ }))
    await user.type(screen.getByRole('textbox', { name: 'Your first message' }), 'Write a haiku{Enter}')
    await pathIs('/chat/c1')
    expect(engine.inputs('chats.send')).toMatchObject([{ content: 'Write a haiku', modelId: 'small' }])
  })

  it('stays, with the reason, when the message could not be committed', async () => {
    const engine = newcomer()
    engine.fail('chats.create', { code: 'disk_full', message: 'There is no space left on /home.', retryable: false })
    renderApp(engine, '/welcome')
    await userEvent.click(await screen.findByRole('button', { name: 'Try it with the demo' }))
    expect((await screen.findByRole('alert')).textContent).toContain('There is no space left on /home.')
    expect(engine.state.settings.welcomed).toBe(false)
    expect(screen.getByRole('button', { name: 'Try it with the demo' }).hasAttribute('disabled')).toBe(false)
  })

  it('says when the models could not be loaded, and tries again', async () => {
    const engine = newcomer()
    engine.fail('models.catalog', { code: 'storage_failed', message: 'The disk does not answer.', retryable: true })
    renderApp(engine, '/welcome')
    expect((await screen.findByRole('alert')).textContent).toContain('The disk does not answer.')
    engine.fail('models.catalog', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await screen.findByRole('button', { name: 'Try it with the demo' })
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it.each([
    ['en', 'The models could not be loaded.'],
    ['zh', '模型列表没有加载成功。'],
  ] as const)('does not claim that there is no model where the list failed, %s', async (language, words) => {
    const engine = newcomer()
    engine.fail('models.catalog', { code: 'storage_failed', message: 'The disk does not answer.', retryable: true })
    renderApp(engine, '/welcome', language)
    await screen.findByRole('alert')
    expect((await screen.findByPlaceholderText(words)).hasAttribute('disabled')).toBe(true)
    // Nor does it ask for a file as the way out.
    expect(document.querySelector('.btn.prime')).toBeNull()
    expect(screen.queryByPlaceholderText(/^(Add a model first|请先添加一个模型)/)).toBeNull()
  })

  it('tells models that cannot answer yet from none', async () => {
    renderApp(newcomer({ files: [modelFile('big', { state: 'checking' })] }), '/welcome')
    await screen.findByPlaceholderText('No model can answer yet.')
  })

  it('offers to add a model when there is none', async () => {
    renderApp(newcomer({ files: [] }), '/welcome')
    expect(await screen.findByText(/No model was found on this disk/)).toBeDefined()
    expect(screen.getByPlaceholderText('Add a model first; then ask it something here.')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Import GGUF' }))
    expect(await screen.findByRole('dialog', { name: 'Import GGUF' })).toBeDefined()
  })
})

describe('rankForFirstChat', () => {
  it('puts a model of a person’s own behind the one that it stands on', () => {
    const [base] = catalogOf([modelFile('zeta')])
    if (base === undefined) throw new Error('no model')
    const preset = { baseModelId: 'zeta', description: '', profileImageUrl: '', suggestions: [], ownerId: 'me' }
    const own = { ...base, id: 'alpha', name: 'alpha', preset } satisfies CatalogModel
    expect(rankForFirstChat([own, base]).map(({ id }) => id)).toEqual(['zeta', 'alpha'])
  })

  it('takes only models that can answer now, the person’s own first', () => {
    const ids = rankForFirstChat(catalogOf(fullShelf())).map((model) => model.id)
    expect(ids[0]).toBe('Qwen3-8B-Q4_K_M')
    expect(ids.at(-1)).toBe('demo')
    expect(ids).not.toContain('nomic-embed-text-v1.5-F16')
    expect(ids).not.toContain('phi-4-Q4_K_M')
    expect(ids.some((id) => id.startsWith('Mistral'))).toBe(false)
  })
})
