import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { catalogModel, holder } from '../support/catalog-samples.ts'
import { holdProcedure } from '../support/hold-procedure.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { modelFile } from '../support/samples.ts'
import { conversationOf, MockChats } from './mock-chats.ts'

// jsdom lays nothing out: every element is given the window's size, so that the windowed lists show their rows.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(4000)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60)
  HTMLElement.prototype.scrollTo = () => undefined
  return () => vi.restoreAllMocks()
})

function setup() {
  const engine = createMockEngine({ files: [modelFile('qwen'), modelFile('gemma')] })
  const chats = new MockChats(engine)
  return { engine, chats }
}

function field(): HTMLElement {
  return screen.getByRole('textbox', { name: 'Message' })
}

describe('a new chat', () => {
  it('is made with its first message and shows the answer as it is written', async () => {
    const { engine, chats } = setup()
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello there{Enter}')
    await screen.findByText('hello there', { selector: '.said' })
    const sent = engine.inputs('chats.send')[0]
    expect(sent).toMatchObject({ parentId: null, content: 'hello there', modelId: 'gemma' })
    const live = [...chats.trees.values()][0]?.messages.values().find((one) => one.role === 'assistant')
    if (live === undefined) throw new Error('no answer')
    await waitFor(() => expect(chats.watching(live.id)).toBe(true))
    act(() => chats.delta(live.id, 'some **bold** text'))
    await waitFor(() => expect(screen.getByText('bold').tagName).toBe('STRONG'))
    expect(screen.getAllByRole('button', { name: /Stop/ }).length).toBeGreaterThan(0)
    act(() => chats.end(live.id))
    await screen.findByText('Answer finished, 3 words, ran Here')
    await screen.findByRole('button', { name: 'Rerun' })
    expect(localStorage.getItem('switchyard:new-chat-draft')).toBeNull()
  })

  it('says that a model loads first only of servers that load', async () => {
    const engine = createMockEngine({ catalog: [catalogModel('gpt-4o', [holder('OpenAI', 'away')])] })
    new MockChats(engine)
    renderApp(engine, '/chat')
    await screen.findByText(/gpt-4o is ready\./)
  })

  it('has the focus once it is made, so that typing goes on in it', async () => {
    const { engine, chats } = setup()
    const thread = holdProcedure(engine, 'chats.thread')
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello there{Enter}')
    // Already before its messages are there.
    await waitFor(() => expect(thread.waiting()).toBe(1))
    expect(document.activeElement).toBe(field())
    await userEvent.keyboard('more')
    expect(field()).toHaveProperty('value', 'more')
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull()
    thread.go()
    await screen.findByText('hello there', { selector: '.said' })
    expect(field()).toHaveProperty('value', 'more')
    const [made] = chats.trees.keys()
    await waitFor(() => expect(engine.inputs('chats.saveDraft')).toContainEqual({ id: made, draft: 'more' }))
  })

  it('can be stopped before its messages are there', async () => {
    const { engine } = setup()
    const thread = holdProcedure(engine, 'chats.thread')
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello there{Enter}')
    await waitFor(() => expect(thread.waiting()).toBe(1))
    await userEvent.keyboard('{Escape}')
    thread.go()
    await waitFor(() => expect(engine.inputs('chats.stop')).toHaveLength(1))
    await screen.findByRole('button', { name: 'Send' })
  })

  it('leaves the focus where the person has moved it meanwhile', async () => {
    const { engine } = setup()
    const send = holdProcedure(engine, 'chats.send')
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello there{Enter}')
    await waitFor(() => expect(send.waiting()).toBe(1))
    await userEvent.click(screen.getByRole('button', { name: 'Search all chats' }))
    const search = await screen.findByRole('searchbox')
    await waitFor(() => expect(document.activeElement).toBe(search))
    send.go()
    await screen.findByText('hello there', { selector: '.said' })
    expect(document.activeElement).toBe(search)
  })

  it('goes on with what was written while its first message was on its way', async () => {
    const { engine, chats } = setup()
    const send = holdProcedure(engine, 'chats.send')
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello there{Enter}')
    await waitFor(() => expect(send.waiting()).toBe(1))
    await userEvent.type(field(), ' and more')
    send.go()
    await screen.findByText('hello there', { selector: '.said' })
    expect(field()).toHaveProperty('value', 'and more')
    const [made] = chats.trees.values()
    await waitFor(() => expect(made?.conversation.draft).toBe('and more'))
    expect(localStorage.getItem('switchyard:new-chat-draft')).toBeNull()
  })

  it('puts a prompt into the field, and does not send it', async () => {
    const { engine } = setup()
    renderApp(engine, '/chat')
    await userEvent.click(await screen.findByRole('button', { name: /decision record/ }))
    expect(field()).toHaveProperty('value', expect.stringContaining('decision record'))
    expect(engine.inputs('chats.send')).toEqual([])
  })

  it('keeps the text when sending fails, says why, and keeps no empty chat', async () => {
    const { engine, chats } = setup()
    renderApp(engine, '/chat')
    engine.fail('chats.send', { code: 'queue_full', message: 'The queue is full.', retryable: true })
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'hello{Enter}')
    await screen.findByText('The message was not sent')
    expect(field()).toHaveProperty('value', 'hello')
    expect(chats.trees.size).toBe(0)
  })
})

describe('the composer', () => {
  it('leaves Enter to an input method that composes', async () => {
    const { engine } = setup()
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    fireEvent.change(field(), { target: { value: '你好' } })
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true })
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 })
    expect(engine.inputs('chats.create')).toEqual([])
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })
    expect(engine.inputs('chats.create')).toEqual([])
    fireEvent.keyDown(field(), { key: 'Enter' })
    await waitFor(() => expect(engine.inputs('chats.send')).toMatchObject([{ content: '你好' }]))
  })

  it('shows its draft, saves it when typing rests, and once more when the chat is left', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { draft: 'begun' }))
    chats.say('c', null, { role: 'user', content: 'hi' })
    const { unmount } = renderApp(engine, '/chat/c')
    await waitFor(() => expect(field()).toHaveProperty('value', 'begun'))
    await userEvent.type(field(), ' and more')
    await waitFor(() => expect(engine.inputs('chats.saveDraft')).toEqual([{ id: 'c', draft: 'begun and more' }]))
    await userEvent.type(field(), '!')
    unmount()
    await waitFor(() => expect(engine.inputs('chats.saveDraft').at(-1)).toEqual({ id: 'c', draft: 'begun and more!' }))
  })

  it('turns a long paste into a chip that is sent as a fence', async () => {
    const { engine } = setup()
    renderApp(engine, '/chat')
    await screen.findByText(/is ready|loads with the first message/)
    const text = 'a line\n'.repeat(20_000)
    fireEvent.paste(field(), { clipboardData: { getData: () => text } })
    await screen.findByText('20,000 lines')
    expect(field()).toHaveProperty('value', '')
    await userEvent.type(field(), 'sum this up{Enter}')
    await waitFor(() =>
      expect(engine.inputs('chats.send')).toMatchObject([{ content: `sum this up\n\n\`\`\`text\n${text}\`\`\`` }]),
    )
  })

  it('keeps what is written while a message is on its way', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    const send = holdProcedure(engine, 'chats.send')
    renderApp(engine, '/chat/c')
    await screen.findByText(/is ready|loads with the first message/)
    fireEvent.paste(field(), { clipboardData: { getData: () => 'sent\n'.repeat(200) } })
    await userEvent.type(field(), 'question{Enter}')
    await waitFor(() => expect(send.waiting()).toBe(1))
    await userEvent.type(field(), ' and one more')
    fireEvent.paste(field(), { clipboardData: { getData: () => 'kept\n'.repeat(300) } })
    send.go()
    await waitFor(() => expect(field()).toHaveProperty('value', 'and one more'))
    expect(screen.getByText('300 lines')).toBeTruthy()
    expect(screen.queryByText('200 lines')).toBeNull()
    // The engine let go of its draft with the message: what was added is saved after it.
    await waitFor(() =>
      expect(chats.trees.get('c')?.conversation.draft).toMatch(/^and one more\n\n```text\nkept\n(kept\n)*kept\n```$/),
    )
  })

  it('keeps a text that was changed while the message was on its way', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    const send = holdProcedure(engine, 'chats.send')
    renderApp(engine, '/chat/c')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'question{Enter}')
    await waitFor(() => expect(send.waiting()).toBe(1))
    await userEvent.clear(field())
    await userEvent.type(field(), 'another thing')
    send.go()
    await screen.findByText('question', { selector: '.said' })
    await waitFor(() => expect(chats.trees.get('c')?.conversation.draft).toBe('another thing'))
    expect(field()).toHaveProperty('value', 'another thing')
  })

  it('says why it cannot send without a model', async () => {
    const engine = createMockEngine({ files: [] })
    new MockChats(engine)
    renderApp(engine, '/chat')
    await screen.findByText(/No model can chat yet/)
    await userEvent.type(field(), 'hello')
    expect(screen.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true)
    expect(screen.getByText('There is no model yet. Add one under Models.')).toBeTruthy()
  })
})

describe('when the models could not be loaded', () => {
  const REFUSED = { code: 'storage_failed', message: 'The disk does not answer.', retryable: true } as const

  it.each(['/chat', '/chat/c'])('says so at %s with the reason, claims nothing else, and tries again', async (path) => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    engine.fail('models.catalog', REFUSED)
    renderApp(engine, path)
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('The models could not be loaded')
    expect(alert.textContent).toContain('The disk does not answer.')
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), 'hello')
    expect(screen.getByText('The models could not be loaded.')).toBeTruthy()
    await userEvent.click(screen.getByRole('combobox', { name: 'Model: no model' }))
    await waitFor(() => expect(screen.getAllByText('The models could not be loaded.')).toHaveLength(2))
    await userEvent.keyboard('{Escape}')
    expect(screen.queryByText(/No model can chat yet|There is no model/)).toBeNull()
    engine.fail('models.catalog', null)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await screen.findByRole('combobox', { name: /^Model: (qwen|gemma), Here$/ })
    expect(screen.queryByRole('alert')).toBeNull()
    await waitFor(() => expect(screen.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', false))
    expect(document.activeElement).toBe(field())
  })

  it('says that they are being loaded until they are', async () => {
    const { engine } = setup()
    const catalog = holdProcedure(engine, 'models.catalog')
    renderApp(engine, '/chat')
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), 'hello')
    await userEvent.click(screen.getByRole('combobox', { name: 'Model: no model' }))
    await waitFor(() => expect(screen.getAllByText('Loading…')).toHaveLength(2))
    expect(screen.queryByText(/No model can chat yet|There is no model/)).toBeNull()
    await userEvent.keyboard('{Escape}')
    catalog.go()
    await screen.findByRole('combobox', { name: 'Model: gemma, Here' })
  })
})

describe('an open chat', () => {
  function talk(chats: MockChats): { ask: string; answer: string } {
    chats.add(conversationOf('c', { title: 'Talk', modelId: 'qwen' }))
    const ask = chats.say('c', null, { role: 'user', content: 'question' })
    chats.say('c', ask.id, { role: 'assistant', content: 'first answer' })
    const answer = chats.say('c', ask.id, { role: 'assistant', content: 'second answer' })
    return { ask: ask.id, answer: answer.id }
  }

  it('moves between branches and keeps them all', async () => {
    const { engine, chats } = setup()
    talk(chats)
    renderApp(engine, '/chat/c')
    await screen.findByText('second answer')
    expect(screen.getByText('2 of 2')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Older answer' }))
    await screen.findByText('first answer')
    expect(screen.queryByText('second answer')).toBeNull()
    expect(screen.getByRole('button', { name: 'Older answer' })).toHaveProperty('disabled', true)
  })

  it('edits the last message from the empty field, as a new branch', async () => {
    const { engine, chats } = setup()
    talk(chats)
    renderApp(engine, '/chat/c')
    await screen.findByText('second answer')
    await userEvent.type(field(), '{ArrowUp}')
    const edit = await screen.findByRole('textbox', { name: 'Edit your message' })
    await userEvent.clear(edit)
    await userEvent.type(edit, 'better question{Enter}')
    await screen.findByText('better question')
    expect(engine.inputs('chats.send')).toMatchObject([{ id: 'c', parentId: null, content: 'better question' }])
    await userEvent.click(screen.getByRole('button', { name: 'Older version of your message' }))
    await screen.findByText('second answer')
  })

  it('acts on the message with the focus by single keys', async () => {
    const { engine, chats } = setup()
    const { answer } = talk(chats)
    renderApp(engine, '/chat/c')
    await screen.findByText('second answer')
    const row = screen.getByText('second answer').closest<HTMLElement>('.turn')
    if (row === null) throw new Error('no row')
    act(() => row.focus())
    fireEvent.keyDown(row, { key: '[' })
    const older = (await screen.findByText('first answer')).closest<HTMLElement>('.turn')
    await waitFor(() => expect(document.activeElement).toBe(older))
    fireEvent.keyDown(older ?? row, { key: ']' })
    await screen.findByText('second answer')
    const again = screen.getByText('second answer').closest<HTMLElement>('.turn')
    await waitFor(() => expect(document.activeElement).toBe(again))
    fireEvent.keyDown(again ?? row, { key: 'r' })
    await waitFor(() => expect(engine.inputs('chats.regenerate')).toEqual([{ id: 'c', answerId: answer }]))
  })

  it('deletes a message with ten seconds to undo', async () => {
    const { engine, chats } = setup()
    talk(chats)
    renderApp(engine, '/chat/c')
    const turn = (await screen.findByText('question')).closest<HTMLElement>('.turn')
    await userEvent.click(within(turn ?? document.body).getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(screen.queryByText('second answer')).toBeNull())
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await screen.findByText('second answer')
  })

  it('stops with Escape', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    const ask = chats.say('c', null, { role: 'user', content: 'question' })
    const live = chats.startAnswer('c', ask.id)
    renderApp(engine, '/chat/c')
    await waitFor(() => expect(chats.watching(live.id)).toBe(true))
    act(() => chats.delta(live.id, 'half'))
    await screen.findByText('half')
    await userEvent.type(field(), '{Escape}')
    await waitFor(() => expect(engine.inputs('chats.stop')).toEqual([{ answerId: live.id }]))
    await screen.findByText(/^stopped/)
  })

  it('says what failed, what was kept, and offers to try again', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    const ask = chats.say('c', null, { role: 'user', content: 'question' })
    const failed = chats.say('c', ask.id, {
      role: 'assistant',
      content: 'half',
      status: 'failed',
      error: { code: 'out_of_memory', message: 'It needs 10 GB.', retryable: false },
    })
    renderApp(engine, '/chat/c')
    await screen.findByText('It needs 10 GB.')
    screen.getByText(/Kept your message and the text written so far/)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(engine.inputs('chats.regenerate')).toEqual([{ id: 'c', answerId: failed.id }])
  })

  it('goes on answering when Send was pressed by a double click', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    renderApp(engine, '/chat/c')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'question')
    const send = screen.getByRole('button', { name: 'Send' })
    await userEvent.click(send)
    const stop = await screen.findByRole('button', { name: 'Stop' })
    expect(send.isConnected).toBe(false)
    expect(document.activeElement).toBe(field())
    stop.focus()
    fireEvent.click(stop, { detail: 2 })
    expect(engine.inputs('chats.stop')).toEqual([])
    expect(document.activeElement).toBe(field())
    // Pressed by the keyboard it was meant.
    fireEvent.click(stop, { detail: 0 })
    await waitFor(() => expect(engine.inputs('chats.stop')).toHaveLength(1))
    await screen.findByRole('button', { name: 'Send' })
    expect(document.activeElement).toBe(field())
  })

  async function choose(model: RegExp): Promise<void> {
    await userEvent.click(screen.getByRole('combobox', { name: /^Model: / }))
    await userEvent.click(await screen.findByRole('option', { name: model }))
  }

  it('sends to a model that was just chosen, before the engine has stored the choice', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    const update = holdProcedure(engine, 'chats.update')
    renderApp(engine, '/chat/c')
    await screen.findByText(/is ready|loads with the first message/)
    await userEvent.type(field(), 'question')
    await choose(/gemma/)
    await waitFor(() => expect(update.waiting()).toBe(1))
    screen.getByRole('combobox', { name: 'Model: gemma, Here' })
    await userEvent.type(field(), '{Enter}')
    await waitFor(() => expect(engine.inputs('chats.send')).toMatchObject([{ content: 'question', modelId: 'gemma' }]))
    update.go()
    await waitFor(() => expect(chats.trees.get('c')?.conversation.modelId).toBe('gemma'))
    screen.getByRole('combobox', { name: 'Model: gemma, Here' })
  })

  it('goes back to the model it had when a choice cannot be stored', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { modelId: 'qwen' }))
    engine.fail('chats.update', { code: 'disk_full', message: 'There is no space left.', retryable: false })
    renderApp(engine, '/chat/c')
    await screen.findByText(/is ready|loads with the first message/)
    await choose(/gemma/)
    await screen.findByText('There is no space left.')
    screen.getByRole('combobox', { name: 'Model: qwen, Here' })
  })

  it('says that a chat does not exist', async () => {
    const { engine } = setup()
    engine.fail('chats.thread', { code: 'not_found', message: 'No such chat', retryable: false })
    renderApp(engine, '/chat/none')
    await screen.findAllByText('There is no such chat')
  })
})

describe('the list', () => {
  it('renames with F2, and never deletes by a key', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { title: 'Old name' }))
    renderApp(engine, '/chat')
    const link = (await screen.findByText('Old name')).closest('a')
    if (link === null) throw new Error('no link')
    link.focus()
    fireEvent.keyDown(link, { key: 'Delete' })
    fireEvent.keyDown(link, { key: 'Backspace' })
    expect(engine.inputs('chats.remove')).toEqual([])
    fireEvent.keyDown(link, { key: 'F2' })
    const name = await screen.findByRole('textbox', { name: 'Title of the chat' })
    await userEvent.clear(name)
    await userEvent.type(name, 'New name{Enter}')
    await screen.findByText('New name')
    expect(engine.inputs('chats.update')).toEqual([{ id: 'c', title: 'New name' }])
  })

  it('deletes from its menu, with undo', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { title: 'Goes' }))
    renderApp(engine, '/chat')
    await userEvent.click(await screen.findByRole('button', { name: 'Actions for Goes' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }))
    await waitFor(() => expect(screen.queryByText('Goes')).toBeNull())
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await screen.findByText('Goes')
  })

  it('keeps what it has when it cannot be refreshed', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { title: 'Stays' }))
    renderApp(engine, '/chat')
    await screen.findByText('Stays')
    engine.fail('chats.list', { code: 'storage_failed', message: 'disk', retryable: false })
    act(() => engine.emit({ type: 'chats:changed', conversationId: null }))
    await screen.findByText(/The list cannot be refreshed/)
    screen.getByText('Stays')
  })

  it('finds messages, marks the words, and goes to the one that is chosen', async () => {
    const { engine, chats } = setup()
    chats.add(conversationOf('c', { title: 'Talk' }))
    const ask = chats.say('c', null, { role: 'user', content: 'where is the rollback drill kept' })
    const old = chats.say('c', ask.id, { role: 'assistant', content: 'an older answer about the drill' })
    chats.say('c', ask.id, { role: 'assistant', content: 'newer' })
    renderApp(engine, '/chat')
    await userEvent.click(await screen.findByRole('button', { name: 'Search all chats' }))
    await userEvent.type(screen.getByRole('searchbox'), 'drill')
    const marks = await screen.findAllByText('drill', { selector: 'mark' })
    expect(marks).toHaveLength(2)
    await userEvent.click(screen.getByText(/an older answer about the/))
    const hit = await screen.findByText('an older answer about the drill')
    await waitFor(() => expect(hit.closest('.turn')?.className).toContain('hit'))
    expect(engine.inputs('chats.selectBranch')).toEqual([{ id: 'c', messageId: old.id }])
  })
})
