import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { Message } from '../../../src/shared/chats.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { followAnswer, openTestChats, type TestChats } from '../../support/test-chats.ts'

/** Sends and lets the model answer `reply`. Returns both messages as they ended. */
async function exchange(test: TestChats, id: string, parentId: string | null, content: string, reply: string) {
  const { userMessage, answer } = test.chats.send({ id, parentId, content, modelId: 'demo' })
  const run = await test.run(test.runs.length)
  run.say(reply)
  run.finish()
  const end = (await followAnswer(test.chats, answer.id)).at(-1)
  if (end?.type !== 'end') throw new Error('no end')
  return { userMessage, answer: end.message, run }
}

function shape(messages: Message[]): string[] {
  return messages.map(({ role, content, status }) => `${role} ${status}: ${content}`)
}

describe('sending', () => {
  test('the question and an empty answer are committed before the pipeline is asked', () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create('demo')
    test.chats.saveDraft(id, 'half a tho')
    const { userMessage, answer } = test.chats.send({ id, parentId: null, content: 'Hello\nthere', modelId: 'demo' })
    expect(test.runs).toHaveLength(0)
    expect(test.storage.messages.find(userMessage.id)).toMatchObject({
      content: 'Hello\nthere',
      status: 'complete',
      depth: 0,
    })
    expect(test.storage.messages.find(answer.id)).toMatchObject({ content: '', status: 'streaming', depth: 1 })
    expect(test.chats.thread(id, 50)).toMatchObject({
      total: 2,
      conversation: {
        title: 'Hello',
        draft: '',
        answering: true,
        messageCount: 2,
        activeLeafId: answer.id,
        modelId: 'demo',
      },
    })
    expect(test.events).toContainEqual({ type: 'chats:changed', conversationId: id, ownerId: 'owner' })
  })

  test('the model gets the system prompt and the branch, without reasoning and empty answers', async () => {
    const test = openTestChats(tempFolder())
    test.settings.update({ systemPrompt: 'Be brief.', temperature: 0.2, maxTokens: 99 })
    const { id } = test.chats.create(null)
    const first = test.chats.send({ id, parentId: null, content: 'One', modelId: 'demo' })
    const run = await test.run(0)
    run.push({ type: 'reasoning-delta', text: 'hm' })
    run.say('Uno')
    run.finish()
    await followAnswer(test.chats, first.answer.id)
    const second = test.chats.send({ id, parentId: first.answer.id, content: 'Two', modelId: 'gone' })
    await followAnswer(test.chats, second.answer.id)
    test.chats.send({ id, parentId: second.answer.id, content: 'Three', modelId: 'demo' })
    expect((await test.run(1)).request).toEqual({
      model: 'demo',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'One' }] },
        { role: 'assistant', content: 'Uno' },
        { role: 'user', content: [{ type: 'text', text: 'Two' }] },
        { role: 'user', content: [{ type: 'text', text: 'Three' }] },
      ],
      sampling: { temperature: 0.2, maxTokens: 99 },
      runtime: { overflow: 'truncate' },
    })
  })

  test('bad sends are refused and leave nothing behind', () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const other = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'x', modelId: 'demo' })
    const send = (over: object) => () => test.chats.send({ id, parentId: null, content: 'y', modelId: 'demo', ...over })
    expect(send({ content: ' \n ' })).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    expect(send({ id: 'nowhere' })).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(send({ parentId: 'nowhere' })).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(send({ id: other.id, parentId: answer.id })).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(send({ parentId: answer.id })).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(test.chats.thread(id, 50).conversation.messageCount).toBe(2)
  })
})

describe('an answer', () => {
  test('ends with its text, its facts and its conversation brought up to date', async () => {
    const clock = createManualClock()
    const test = openTestChats(tempFolder(), clock)
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const watching = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    await watching.next()
    clock.advance(120)
    run.push({ type: 'reasoning-delta', text: 'thinking' })
    await watching.next()
    run.say('Hello')
    run.push({ type: 'tool-call-delta', index: 0, id: 't1', name: 'look', argumentsDelta: '{"a"' })
    run.push({ type: 'tool-call-delta', index: 0, argumentsDelta: ':1}' })
    run.finish(
      'tool-calls',
      { promptTokens: 20, cachedPromptTokens: 8, completionTokens: 11 },
      {
        queueMs: 1,
        loadMs: 2,
        promptMs: 3,
        generateMs: 500,
        contextSize: 4096,
      },
    )
    for (;;) {
      clock.advance(16)
      const { value } = await watching.next()
      if (value?.type === 'end') break
    }
    const { tail, conversation } = test.chats.thread(id, 1)
    expect(tail[0]).toMatchObject({
      status: 'complete',
      content: 'Hello',
      reasoning: 'thinking',
      toolCalls: [{ id: 't1', name: 'look', arguments: '{"a":1}' }],
      error: null,
      facts: {
        place: 'here',
        modelId: 'demo',
        modelName: 'Demo',
        route: ['Only This machine has demo.'],
        queueMs: 1,
        loadMs: 2,
        ttftMs: 120,
        tokensPerSecond: 20,
        promptTokens: 20,
        cachedPromptTokens: 8,
        completionTokens: 11,
        contextSize: 4096,
        finishReason: 'tool-calls',
      },
    })
    expect(conversation).toMatchObject({ answering: false, trace: ['here'] })
    expect(test.settings.get().welcomed).toBe(true)
  })

  test('reaches its row within 500 ms while it streams', async () => {
    const clock = createManualClock()
    const test = openTestChats(tempFolder(), clock)
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const watching = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    await watching.next()
    const run = await test.run(0)
    run.say('first ')
    await watching.next()
    expect(test.storage.messages.find(answer.id)?.content).toBe('')
    expect(test.chats.thread(id, 1).tail[0]?.content).toBe('first ')
    clock.advance(500)
    expect(test.storage.messages.find(answer.id)).toMatchObject({ content: 'first ', facts: { place: 'here' } })
  })

  test('stopped keeps its text, and the upstream is told', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const watching = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    await watching.next()
    run.say('as far as this')
    await watching.next()
    test.chats.stop(answer.id)
    test.chats.stop(answer.id)
    expect(run.signal.aborted).toBe(true)
    expect(test.storage.messages.find(answer.id)).toMatchObject({
      status: 'stopped',
      content: 'as far as this',
      error: null,
    })
    expect(() => test.chats.stop('nothing')).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test.each([
    [
      'an error part',
      (run: Awaited<ReturnType<TestChats['run']>>) =>
        run.push({ type: 'error', error: new EngineError('runtime_crashed', 'It crashed.') }),
      'runtime_crashed',
    ],
    [
      'a thrown error',
      (run: Awaited<ReturnType<TestChats['run']>>) => run.fail(new EngineError('out_of_memory', 'Too big.')),
      'out_of_memory',
    ],
    [
      'an abort from below',
      (run: Awaited<ReturnType<TestChats['run']>>) => run.fail(new EngineError('aborted', 'Unloaded.')),
      'aborted',
    ],
    ['a stream without an end', (run: Awaited<ReturnType<TestChats['run']>>) => run.breakOff(), 'upstream_error'],
    [
      'a bug',
      (run: Awaited<ReturnType<TestChats['run']>>) => run.fail(new TypeError('x is not a function')),
      'internal',
    ],
  ])('fails with %s and keeps its text', async (_name, end, code) => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    run.say('partial')
    end(run)
    const last = (await followAnswer(test.chats, answer.id)).at(-1)
    expect(last).toMatchObject({ type: 'end', message: { status: 'failed', content: 'partial', error: { code } } })
    expect(test.storage.messages.find(answer.id)).toMatchObject({
      status: 'failed',
      content: 'partial',
      error: { code },
    })
  })

  test('a model that is gone, or a pipeline that refuses, fails the answer and keeps the question', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const gone = test.chats.send({ id, parentId: null, content: 'Anyone?', modelId: 'gone' })
    await followAnswer(test.chats, gone.answer.id)
    test.refuseWith(new EngineError('queue_full', 'Too many wait.'))
    const refused = test.chats.send({ id, parentId: gone.answer.id, content: 'Now?', modelId: 'demo' })
    await followAnswer(test.chats, refused.answer.id)
    const { tail } = test.chats.thread(id, 50)
    expect(shape(tail)).toEqual([
      'user complete: Anyone?',
      'assistant failed: ',
      'user complete: Now?',
      'assistant failed: ',
    ])
    expect(tail.map(({ error, facts }) => [error?.code, error?.retryable, facts])).toEqual([
      [undefined, undefined, null],
      ['model_not_found', false, null],
      [undefined, undefined, null],
      ['queue_full', true, null],
    ])
  })

  test('two branches may be answered at once', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const one = test.chats.send({ id, parentId: null, content: 'One', modelId: 'demo' })
    const two = test.chats.send({ id, parentId: null, content: 'Two', modelId: 'demo' })
    const [first, second] = [await test.run(0), await test.run(1)]
    second.say('2')
    first.say('1')
    second.finish()
    await followAnswer(test.chats, two.answer.id)
    expect(test.chats.thread(id, 9).conversation.answering).toBe(true)
    first.finish()
    await followAnswer(test.chats, one.answer.id)
    expect(test.chats.thread(id, 9).conversation.answering).toBe(false)
    expect(test.storage.messages.find(one.answer.id)?.content).toBe('1')
  })
})

describe('watching', () => {
  test('a snapshot comes first, then deltas that add up, then the end', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const early = followAnswer(test.chats, answer.id)
    run.push({ type: 'progress', phase: 'loading', value: 0.5 })
    const watching = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    expect((await watching.next()).value).toMatchObject({
      type: 'snapshot',
      message: { content: '', status: 'streaming' },
    })
    expect((await watching.next()).value).toEqual({
      type: 'progress',
      messageId: answer.id,
      phase: 'loading',
      value: 0.5,
    })
    run.say('a', 'b')
    const late: string[] = []
    expect((await watching.next()).value).toMatchObject({ type: 'delta', content: 'ab', completionTokens: 2 })
    for await (const event of test.chats.watch(answer.id, new AbortController().signal)) {
      late.push(event.type)
      if (event.type === 'snapshot') {
        expect(event.message.content).toBe('ab')
        run.say(...'cdefgh')
        run.finish()
      }
    }
    const events = await early
    const text = events.map((event) => (event.type === 'delta' ? event.content : '')).join('')
    expect(text).toBe('abcdefgh')
    expect(events.at(-1)).toMatchObject({ type: 'end', message: { content: 'abcdefgh', status: 'complete' } })
    expect(late.at(-1)).toBe('end')
    expect(await followAnswer(test.chats, answer.id)).toMatchObject([
      { type: 'snapshot', message: { content: 'abcdefgh' } },
      { type: 'end', message: { content: 'abcdefgh' } },
    ])
  })

  test('a watcher that is slow gets one merged delta, and one that leaves stops nothing', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const slow = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    const leave = new AbortController()
    const leaving = test.chats.watch(answer.id, leave.signal)[Symbol.asyncIterator]()
    await slow.next()
    await leaving.next()
    const waiting = leaving.next()
    leave.abort()
    expect(await waiting).toMatchObject({ done: true })
    for (let index = 0; index < 5000; index++) run.say('x')
    run.finish()
    await followAnswer(test.chats, answer.id)
    expect((await slow.next()).value).toMatchObject({
      type: 'delta',
      content: 'x'.repeat(5000),
      completionTokens: 5000,
    })
    expect((await slow.next()).value).toMatchObject({ type: 'end' })
    expect((await slow.next()).done).toBe(true)
  })

  test('what is not there cannot be watched', async () => {
    const test = openTestChats(tempFolder())
    await expect(followAnswer(test.chats, 'nothing')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('branches', () => {
  test('another answer and an edited question are branches that stay reachable', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const first = await exchange(test, id, null, 'Question', 'Answer 1')
    const follow = await exchange(test, id, first.answer.id, 'Follow-up', 'More')
    const again = test.chats.regenerate({ id, answerId: first.answer.id })
    const run = await test.run(2)
    expect(run.request.messages).toHaveLength(1)
    run.say('Answer 2')
    run.finish()
    await followAnswer(test.chats, again.id)
    expect(shape(test.chats.thread(id, 50).tail)).toEqual(['user complete: Question', 'assistant complete: Answer 2'])
    expect(test.chats.thread(id, 1).tail[0]?.siblings).toEqual([first.answer.id, again.id])
    const edited = await exchange(test, id, null, 'Question, edited', 'Answer 3')
    expect(edited.userMessage.siblings).toEqual([first.userMessage.id, edited.userMessage.id])
    const back = test.chats.selectBranch(id, first.answer.id)
    expect(shape(back.tail).at(-1)).toBe('assistant complete: More')
    expect(back).toMatchObject({ total: 4, conversation: { activeLeafId: follow.answer.id, messageCount: 7 } })
    expect(shape(test.chats.range(id, follow.answer.id, 1, 3))).toEqual([
      'assistant complete: Answer 1',
      'user complete: Follow-up',
    ])
  })

  test('removing the active branch shows the nearest that is left, and an undo brings it back', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const one = await exchange(test, id, null, 'One', '1')
    const two = await exchange(test, id, one.answer.id, 'Two', '2')
    const other = test.chats.regenerate({ id, answerId: two.answer.id, modelId: 'gone' })
    await followAnswer(test.chats, other.id)
    expect(test.chats.removeMessage(id, other.id).conversation).toMatchObject({
      activeLeafId: two.answer.id,
      messageCount: 4,
    })
    expect(test.chats.removeMessage(id, two.userMessage.id).conversation).toMatchObject({
      activeLeafId: one.answer.id,
      messageCount: 2,
    })
    expect(() => test.chats.selectBranch(id, two.answer.id)).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(() => test.chats.restoreMessage(id, two.answer.id)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(() => test.chats.restoreMessage(id, other.id)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(test.chats.restoreMessage(id, two.userMessage.id)).toMatchObject({
      total: 4,
      conversation: { activeLeafId: two.answer.id },
    })
    expect(test.chats.restoreMessage(id, other.id)).toMatchObject({
      conversation: { activeLeafId: other.id, messageCount: 5 },
    })
    expect(test.chats.removeMessage(id, one.userMessage.id)).toMatchObject({
      total: 0,
      tail: [],
      conversation: { activeLeafId: null },
    })
  })

  test('removing a branch that is being answered stops it', async () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    const { userMessage, answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    test.chats.removeMessage(id, userMessage.id)
    expect(run.signal.aborted).toBe(true)
    expect(test.storage.messages.findAny(answer.id)).toMatchObject({ status: 'stopped' })
  })
})

describe('conversations', () => {
  test('can be renamed, pinned, deleted and brought back', () => {
    const test = openTestChats(tempFolder())
    const { id } = test.chats.create(null)
    test.chats.update(id, { title: 'Named', pinned: true, modelId: 'demo' })
    test.chats.saveDraft(id, 'a draft')
    test.chats.remove(id)
    expect(test.chats.list(10)).toEqual([])
    expect(() => test.chats.thread(id, 1)).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(test.chats.restore(id)).toMatchObject({ title: 'Named', pinned: true, modelId: 'demo', draft: 'a draft' })
    expect(() => test.chats.restore('nothing')).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(() => test.chats.range(id, 'x', 0, 5000)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  test('what was deleted 30 days ago goes for good', async () => {
    const clock = createManualClock()
    const test = openTestChats(tempFolder(), clock)
    const { id } = test.chats.create(null)
    test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'gone' })
    const kept = test.chats.create(null)
    test.chats.remove(id)
    clock.advance(29 * 86_400_000)
    expect(test.chats.restore(id).id).toBe(id)
    test.chats.remove(id)
    clock.advance(32 * 86_400_000)
    expect(() => test.chats.restore(id)).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(test.chats.list(9).map((conversation) => conversation.id)).toEqual([kept.id])
  })
})

describe('trouble', () => {
  test('after a restart, answers that were streaming are interrupted, with their text', async () => {
    const folder = tempFolder()
    const before = openTestChats(folder)
    const { id } = before.chats.create(null)
    const { answer } = before.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    before.storage.messages.updateAnswer(answer.id, { content: 'saved until here', reasoning: '' })
    before.storage.close()
    const after = openTestChats(folder)
    expect(after.chats.thread(id, 1).tail[0]).toMatchObject({
      status: 'interrupted',
      content: 'saved until here',
      error: { code: 'aborted', retryable: true },
    })
    expect(after.chats.thread(id, 1).conversation.answering).toBe(false)
  })

  test('closing stops what runs, keeps its text, and refuses what comes after', async () => {
    const folder = tempFolder()
    const test = openTestChats(folder)
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const watching = test.chats.watch(answer.id, new AbortController().signal)[Symbol.asyncIterator]()
    await watching.next()
    run.say('kept')
    await watching.next()
    await test.people.close()
    expect(test.storage.messages.find(answer.id)).toMatchObject({ status: 'stopped', content: 'kept' })
    expect(() => test.chats.send({ id, parentId: null, content: 'More', modelId: 'demo' })).toThrow(
      expect.objectContaining({ code: 'shutting_down' }),
    )
  })

  test('a disk that refuses the end of an answer does not lose it: it is saved once the disk is back', async () => {
    const clock = createManualClock()
    const test = openTestChats(tempFolder(), clock)
    const { id } = test.chats.create(null)
    const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const { messages } = test.storage
    const works = messages.updateAnswer
    messages.updateAnswer = () => {
      throw new EngineError('disk_full', 'The disk is full.')
    }
    run.say('precious')
    run.finish()
    const end = (await followAnswer(test.chats, answer.id)).at(-1)
    expect(end).toMatchObject({ message: { status: 'failed', content: 'precious', error: { code: 'disk_full' } } })
    expect(test.chats.thread(id, 1)).toMatchObject({
      conversation: { answering: false },
      tail: [{ content: 'precious' }],
    })
    messages.updateAnswer = works
    clock.advance(2000)
    expect(messages.find(answer.id)).toMatchObject({ status: 'complete', content: 'precious', error: null })
  })
})
