import { describe, expect, test } from 'vitest'
import type { Chats } from '../../../src/main/engine/spec/engine.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { followAnswer, openTestChats } from '../../support/test-chats.ts'

const PNG = {
  mediaType: 'image/png' as const,
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
}

/** Ada has a conversation with a picture and an answer that runs; Ben has none. */
async function openTwoPeople() {
  const test = openTestChats(tempFolder())
  const ada = test.people.chatsOf('ada')
  const ben = test.people.chatsOf('ben')
  const { id } = ada.create('demo')
  const { userMessage, answer } = ada.send({
    id,
    parentId: null,
    content: 'A railway secret',
    modelId: 'demo',
    images: [PNG],
  })
  const started = await test.run(0)
  const image = String(userMessage.images?.[0]?.id)
  return { ...test, ada, ben, id, userMessage, answer, started, image }
}

async function nextOf(chats: Chats, answerId: string): Promise<unknown> {
  return chats.watch(answerId, new AbortController().signal)[Symbol.asyncIterator]().next()
}

describe("what is another person's does not exist", () => {
  test('no way in finds it, while it runs or after; the words are those for what never was', async () => {
    const { ben, ada, chats, id, userMessage, answer, image, started } = await openTwoPeople()
    const ways = (
      them: Chats,
      names: { id: string; question: string; answer: string; image: string },
    ): [string, () => unknown][] => [
      ['thread', () => them.thread(names.id, 5)],
      ['update', () => them.update(names.id, { title: 'Mine' })],
      ['saveDraft', () => them.saveDraft(names.id, 'x')],
      ['remove', () => them.remove(names.id)],
      ['restore', () => them.restore(names.id)],
      ['range', () => them.range(names.id, names.answer, 0, 2)],
      ['selectBranch', () => them.selectBranch(names.id, names.answer)],
      ['send', () => them.send({ id: names.id, parentId: null, content: 'x', modelId: 'demo' })],
      ['image', () => them.image(names.image)],
      ['regenerate', () => them.regenerate({ id: names.id, answerId: names.answer })],
      ['stop', () => them.stop(names.answer)],
      ['removeMessage', () => them.removeMessage(names.id, names.question)],
      ['restoreMessage', () => them.restoreMessage(names.id, names.question)],
      ['watch', () => nextOf(them, names.answer)],
    ]
    const told = async (way: () => unknown) => {
      try {
        await way()
        return 'it worked'
      } catch (error) {
        return error
      }
    }
    const real = { id, question: userMessage.id, answer: answer.id, image }
    const none = { id: 'none', question: 'none', answer: 'none', image: 'none' }
    for (const phase of ['while it runs', 'after']) {
      for (const stranger of [ben, chats]) {
        for (const [index, [name, way]] of ways(stranger, real).entries()) {
          const error = await told(way)
          expect(error, `${name} ${phase}`).toMatchObject({ code: 'not_found' })
          expect(error, name).toEqual(await told(ways(stranger, none)[index]?.[1] ?? (() => null)))
        }
        expect(stranger.list(10)).toEqual([])
        expect(await stranger.search('railway', 10)).toEqual([])
      }
      if (phase === 'while it runs') {
        started.finish()
        await followAnswer(ada, answer.id)
      }
    }
    expect(ada.thread(id, 5)).toMatchObject({ conversation: { title: 'A railway secret', draft: '' }, total: 2 })
    expect(ada.image(image)).toContain('base64,')
    expect(await ada.search('railway', 10)).toMatchObject([{ conversationId: id }])
    expect(ada.list(10)[0]).not.toHaveProperty('ownerId')
  })

  test('pictures and messages cannot be carried over from it', async () => {
    const { ben, image, answer } = await openTwoPeople()
    const own = ben.create('demo').id
    const send = (over: object) => () => ben.send({ id: own, parentId: null, content: 'x', modelId: 'demo', ...over })
    expect(send({ keptImages: [image] })).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(send({ parentId: answer.id })).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test('its events say whose it is', async () => {
    const { events, id, chats } = await openTwoPeople()
    const mine = chats.create(null).id
    expect(events).toContainEqual({ type: 'chats:changed', conversationId: id, ownerId: 'ada' })
    expect(events).toContainEqual({ type: 'chats:changed', conversationId: mine, ownerId: 'owner' })
  })
})

describe('answers', () => {
  test("run with their person's rights, and without the settings of the person at this computer", async () => {
    const test = openTestChats(tempFolder())
    test.settings.update({ systemPrompt: 'Call me captain.', temperature: 0.1 })
    const ada = test.people.chatsOf('ada')
    for (const chats of [ada, test.chats]) {
      chats.send({ id: chats.create(null).id, parentId: null, content: 'Hi', modelId: 'demo' })
    }
    const [first, second] = [await test.run(0), await test.run(1)]
    expect(test.callers).toMatchObject([
      { principal: { id: 'ada', kind: 'person', role: 'user' }, via: 'ui' },
      { principal: { id: 'owner', kind: 'owner' }, via: 'ui' },
    ])
    expect(JSON.stringify(first.request)).not.toContain('captain')
    expect(first.request.sampling).not.toHaveProperty('temperature')
    expect(JSON.stringify(second.request)).toContain('captain')
    first.finish()
    await followAnswer(ada, String(ada.thread(String(ada.list(1)[0]?.id), 1).tail[0]?.id))
    expect(test.settings.get().welcomed).toBe(false)
  })

  test('a model that a person may not use fails in the words of one that nobody has', async () => {
    const test = openTestChats(tempFolder())
    const ada = test.people.chatsOf('ada')
    const failed = async (modelId: string) => {
      const { answer } = ada.send({ id: ada.create(null).id, parentId: null, content: 'Hi', modelId })
      const end = (await followAnswer(ada, answer.id)).at(-1)
      return end?.type === 'end' ? JSON.stringify(end.message.error).replaceAll(modelId, 'M') : null
    }
    expect(await failed('forbidden')).toContain('model_not_found')
    expect(await failed('forbidden')).toBe(await failed('gone'))
    expect(test.runs).toEqual([])
  })

  test('of someone who is gone meanwhile fail, and nothing is asked', async () => {
    const test = openTestChats(tempFolder())
    const chats = test.people.chatsOf('nobody')
    const { answer } = chats.send({ id: chats.create(null).id, parentId: null, content: 'Hi', modelId: 'demo' })
    expect((await followAnswer(chats, answer.id)).at(-1)).toMatchObject({
      message: { status: 'failed', error: { code: 'not_found' } },
    })
    expect(test.runs).toEqual([])
  })
})

test('someone who is removed takes their conversations and answers along, and nobody else', async () => {
  const { people, ada, ben, chats, id, answer, started } = await openTwoPeople()
  const bens = ben.create(null).id
  const owners = chats.create(null).id
  expect(people.removeAllOf('ada')).toBe(1)
  expect(started.signal.aborted).toBe(true)
  expect(ada.list(5)).toEqual([])
  expect(() => ada.thread(id, 1)).toThrow(expect.objectContaining({ code: 'not_found' }))
  await expect(nextOf(ada, answer.id)).rejects.toMatchObject({ code: 'not_found' })
  expect([ben.list(5)[0]?.id, chats.list(5)[0]?.id]).toEqual([bens, owners])
  expect(people.removeAllOf('ada')).toBe(0)
})

test('one person can close without ending what others wait for', async () => {
  const test = await openTwoPeople()
  const { ada, ben } = test
  ben.send({ id: ben.create('demo').id, parentId: null, content: 'Hi', modelId: 'demo' })
  const [adas, bens] = [test.started, await test.run(1)]
  await ada.close()
  expect([adas.signal.aborted, bens.signal.aborted]).toEqual([true, false])
})

test("lists go on page by page through one's own alone", () => {
  const { people } = openTestChats(tempFolder())
  const ada = people.chatsOf('ada')
  const ben = people.chatsOf('ben')
  const mine = Array.from({ length: 5 }, () => {
    ben.create(null)
    return ada.create(null).id
  }).reverse()
  ada.update(String(mine[4]), { pinned: true })
  const first = ada.list(2)
  expect(first.map(({ id }) => id)).toEqual([mine[4], mine[0], mine[1]])
  expect(ada.list(5, first.at(-1)?.updatedAt).map(({ id }) => id)).toEqual([mine[2], mine[3]])
})
