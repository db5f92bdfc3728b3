import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
// The page comes in a chunk of its own: fetched before the first test waits for it.
import '../../../src/renderer/features/chat/chat-page.tsx'
import { catalogModel, holder } from '../support/catalog-samples.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { conversationOf, MockChats } from './mock-chats.ts'

const MINUTE = 60_000
let ahead = 0

// jsdom lays nothing out: every element is given the window's size, so that the windowed lists show their rows.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(4000)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60)
  HTMLElement.prototype.scrollTo = () => undefined
  ahead = 0
  const real = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead)
  return () => vi.restoreAllMocks()
})

/** A chat with a model that nobody has answered for lately. */
function setup(...holders: string[]) {
  const gone = { reachable: false, knownAt: Date.now() - 47.5 * MINUTE }
  const engine = createMockEngine({
    catalog: [
      catalogModel(
        'llama3.3:70b',
        holders.map((name) => holder(name, 'near', gone)),
        { state: 'unreachable', reason: `${holders[0]} does not answer.` },
      ),
    ],
  })
  new MockChats(engine).add(conversationOf('c', { modelId: 'llama3.3:70b' }))
  return engine
}

function later(ms: number): void {
  ahead += ms
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
}

const empty = (): string => document.querySelector('.empty.start')?.textContent ?? ''
const composer = (): string => document.querySelector('.composer .est')?.textContent ?? ''

describe('a model out of reach', () => {
  it('is not said in English to somebody who reads Chinese, where the engine says why', async () => {
    const file = catalogModel('broken', [holder('in-process', 'here')], {
      state: 'unavailable',
      reason: 'The file is empty.',
    })
    const engine = createMockEngine({ catalog: [file] })
    new MockChats(engine).add(conversationOf('c', { modelId: 'broken' }))
    renderApp(engine, '/chat/c', 'zh')
    await userEvent.type(await screen.findByRole('textbox', { name: '消息' }), '你好')
    await userEvent.click(screen.getByRole('combobox'))
    const option = await screen.findByRole('option', { name: /broken/ })
    expect(option.textContent).toContain('现在不可用')
    for (const text of [empty(), composer(), option.textContent]) expect(text).not.toContain('The file is empty')
  })

  it('has one age everywhere, which keeps up with the time', async () => {
    renderApp(setup('nas'), '/chat/c')
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), 'hello')
    const why = 'nas does not answer · as of 47 min ago'
    expect(empty()).toContain(`llama3.3:70b is not available. ${why}`)
    expect(composer()).toBe(why)
    await userEvent.click(screen.getByRole('combobox', { name: /^Model: / }))
    const option = await screen.findByRole('option', { name: /llama3\.3/ })
    expect(option.textContent).toContain(why)
    expect(option.textContent?.match(/nas/g)).toHaveLength(1)
    later(5 * MINUTE)
    for (const text of [empty(), composer(), option.textContent]) {
      expect(text).toContain('nas does not answer · as of 52 min ago')
      expect(text).not.toContain('47')
    }
  })

  it('is told in the language of the window', async () => {
    renderApp(setup('nas'), '/chat/c', 'zh')
    await userEvent.type(await screen.findByRole('textbox', { name: '消息' }), '你好')
    expect(empty()).toContain('llama3.3:70b 不可用。 nas 没有响应 · 截至47分钟前')
    expect(composer()).toBe('nas 没有响应 · 截至47分钟前')
    await userEvent.click(screen.getByRole('combobox', { name: /^模型：/ }))
    const option = await screen.findByRole('option', { name: /llama3\.3/ })
    expect(option.textContent).toContain('nas 没有响应 · 截至47分钟前')
    expect(document.body.textContent).not.toContain('does not answer')
  })

  it('names all that hold it where there are several', async () => {
    renderApp(setup('nas', 'attic'), '/chat/c')
    await screen.findByRole('textbox', { name: 'Message' })
    expect(empty()).toContain('no connection that has it answers · as of 47 min ago')
    await userEvent.click(screen.getByRole('combobox', { name: /^Model: / }))
    const option = await screen.findByRole('option', { name: /llama3\.3/ })
    expect(option.textContent).toContain('no connection that has it answers · as of 47 min ago · 2 places: nas, attic')
  })
})

describe('a chat whose model is listed no more', () => {
  function without(model: string) {
    const engine = createMockEngine({ catalog: [catalogModel('gpt-4o', [holder('OpenAI', 'away')])] })
    new MockChats(engine).add(conversationOf('c', { modelId: model }))
    return engine
  }

  it('sends nothing to another one that nobody chose', async () => {
    const engine = without('llama3.3:70b')
    renderApp(engine, '/chat/c')
    await screen.findByText(/^No connection lists llama3\.3:70b now\. Choose another model/)
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), 'our secret{Enter}')
    expect(screen.getByRole('button', { name: 'Send' }).hasAttribute('disabled')).toBe(true)
    expect(engine.inputs('chats.send')).toEqual([])
    expect(document.body.textContent).not.toContain('No model can chat yet')

    await userEvent.click(screen.getByRole('combobox', { name: 'Model: no model' }))
    await userEvent.click(await screen.findByRole('option', { name: /gpt-4o/ }))
    expect(screen.queryByText(/No connection lists/)).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    expect(engine.inputs('chats.send')).toMatchObject([{ content: 'our secret', modelId: 'gpt-4o' }])
  })

  it('has it again once it is back', async () => {
    const engine = without('llama3.3:70b')
    renderApp(engine, '/chat/c')
    await screen.findByText(/No connection lists/)
    engine.state.catalog = [catalogModel('llama3.3:70b', [holder('nas', 'near')])]
    act(() => engine.emit({ type: 'models:changed' }))
    await screen.findByRole('combobox', { name: /^Model: llama3\.3:70b/ })
    expect(screen.queryByText(/No connection lists/)).toBeNull()
  })
})
