import { describe, expect, test } from 'vitest'
import { MAX_IMAGES, MAX_IMAGES_BYTES, type NewImage } from '../../../src/shared/chats.ts'
import { png, SAMPLE_IMAGES } from '../../support/sample-images.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { followAnswer, openTestChats, type TestChats } from '../../support/test-chats.ts'

const PNG: NewImage = { mediaType: 'image/png', data: SAMPLE_IMAGES['image/png'] }
const GIF: NewImage = { mediaType: 'image/gif', data: SAMPLE_IMAGES['image/gif'] }

function setup() {
  const test = openTestChats(tempFolder())
  return { ...test, id: test.chats.create('demo').id }
}

async function answered(test: TestChats, answerId: string): Promise<void> {
  const run = await test.run(test.runs.length === 0 ? 0 : test.runs.length - 1)
  run.say('I see.')
  run.finish()
  await followAnswer(test.chats, answerId)
}

const picture = ({ mediaType, data }: NewImage) => ({ type: 'image', mediaType, data })
const text = (said: string) => ({ type: 'text', text: said })

describe('a message with pictures', () => {
  test('keeps them, lists them without their bytes, and sends them to the model before its text', async () => {
    const test = setup()
    const { userMessage } = test.chats.send({
      id: test.id,
      parentId: null,
      content: 'What is this?',
      modelId: 'demo',
      images: [PNG, GIF],
    })
    expect(userMessage.images).toEqual([
      { id: expect.any(String), mediaType: 'image/png', width: 3, height: 2, sizeBytes: expect.any(Number) },
      { id: expect.any(String), mediaType: 'image/gif', width: 3, height: 2, sizeBytes: expect.any(Number) },
    ])
    expect(test.chats.thread(test.id, 10).tail[0]?.images).toEqual(userMessage.images)
    expect(test.chats.image(String(userMessage.images?.[1]?.id))).toBe(`data:image/gif;base64,${GIF.data}`)
    expect((await test.run(0)).request.messages).toEqual([
      { role: 'user', content: [picture(PNG), picture(GIF), text('What is this?')] },
    ])
  })

  test('needs no text', async () => {
    const test = setup()
    test.chats.send({ id: test.id, parentId: null, content: '', modelId: 'demo', images: [PNG] })
    expect((await test.run(0)).request.messages).toEqual([{ role: 'user', content: [picture(PNG)] }])
    expect(test.chats.thread(test.id, 10).conversation.title).toBe('')
  })

  test('is told again when the branch goes on, and when its answer is regenerated', async () => {
    const test = setup()
    const first = test.chats.send({ id: test.id, parentId: null, content: 'One', modelId: 'demo', images: [PNG] })
    await answered(test, first.answer.id)
    test.chats.send({ id: test.id, parentId: first.answer.id, content: 'Two', modelId: 'demo' })
    expect((await test.run(1)).request.messages).toEqual([
      { role: 'user', content: [picture(PNG), text('One')] },
      { role: 'assistant', content: 'I see.' },
      { role: 'user', content: [text('Two')] },
    ])
    test.chats.regenerate({ id: test.id, answerId: first.answer.id })
    expect((await test.run(2)).request.messages).toEqual([{ role: 'user', content: [picture(PNG), text('One')] }])
  })

  test('hands them on to its edited version, as copies of their own', async () => {
    const test = setup()
    const { userMessage, answer } = test.chats.send({
      id: test.id,
      parentId: null,
      content: 'One',
      modelId: 'demo',
      images: [PNG],
    })
    await answered(test, answer.id)
    const [kept] = userMessage.images ?? []
    const edited = test.chats.send({
      id: test.id,
      parentId: null,
      content: 'Better',
      modelId: 'demo',
      images: [GIF],
      keptImages: [String(kept?.id)],
    }).userMessage
    expect(edited.images?.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/gif'])
    expect(edited.images?.[0]?.id).not.toBe(kept?.id)
    test.chats.removeMessage(test.id, userMessage.id)
    expect(test.chats.image(String(edited.images?.[0]?.id))).toBe(`data:image/png;base64,${PNG.data}`)
    expect(() => test.chats.image(String(kept?.id))).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test('says what it is from its own bytes, whatever the sender calls it', () => {
    const test = setup()
    const images: NewImage[] = [{ mediaType: 'image/jpeg', data: GIF.data }]
    const { userMessage } = test.chats.send({ id: test.id, parentId: null, content: '', modelId: 'demo', images })
    expect(userMessage.images?.[0]?.mediaType).toBe('image/gif')
  })

  test('is refused beyond its limits, and leaves nothing behind', () => {
    const test = setup()
    const other = test.chats.create('demo').id
    const elsewhere = test.chats.send({ id: other, parentId: null, content: '', modelId: 'demo', images: [PNG] })
    const send = (over: { images?: NewImage[]; keptImages?: string[] }) => () =>
      test.chats.send({ id: test.id, parentId: null, content: 'x', modelId: 'demo', ...over })
    const refused = expect.objectContaining({ code: 'invalid_request' })
    expect(send({ images: Array.from({ length: MAX_IMAGES + 1 }, () => PNG) })).toThrow(refused)
    const page = Buffer.from('<!doctype html>').toString('base64')
    expect(send({ images: [{ mediaType: 'image/png', data: page }] })).toThrow(refused)
    const large = { mediaType: 'image/png', data: padded(15_000_000) } as const
    expect(send({ images: [large, large, large] })).toThrow(refused)
    expect(send({ images: [{ mediaType: 'image/png', data: padded(20_000_001) }] })).toThrow(refused)
    const foreign = String(elsewhere.userMessage.images?.[0]?.id)
    expect(send({ keptImages: [foreign] })).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(test.chats.thread(test.id, 10).total).toBe(0)
  })
})

describe('pictures that are not sent', () => {
  test('a model that does not see is told where they were, and the answer says so', async () => {
    const test = setup()
    const { answer } = test.chats.send({
      id: test.id,
      parentId: null,
      content: 'Look',
      modelId: 'blind',
      images: [PNG, GIF],
    })
    const place = text('[A picture was here (3 x 2). It was not sent.]')
    expect((await test.run(0)).request.messages).toEqual([{ role: 'user', content: [place, place, text('Look')] }])
    await answered(test, answer.id)
    expect(test.chats.thread(test.id, 10).tail[1]?.facts?.route.at(-1)).toBe(
      '2 pictures of this chat were not sent: blind does not see',
    )
  })

  test('the oldest are left out when a chat has more than a request carries', async () => {
    const test = setup()
    const large = { mediaType: 'image/png', data: padded(15_000_000) } as const
    const first = test.chats.send({
      id: test.id,
      parentId: null,
      content: 'One',
      modelId: 'demo',
      images: [PNG, large],
    })
    await answered(test, first.answer.id)
    const images = [large, large]
    const second = test.chats.send({ id: test.id, parentId: first.answer.id, content: 'Two', modelId: 'demo', images })
    const { messages } = (await test.run(1)).request
    expect(3 * 15_000_000).toBeGreaterThan(MAX_IMAGES_BYTES)
    const kinds = messages.map(({ content }) =>
      typeof content === 'string' ? content : content.map(({ type }) => type),
    )
    expect(kinds).toEqual([['image', 'text', 'text'], 'I see.', ['image', 'image', 'text']])
    await answered(test, second.answer.id)
    expect(test.chats.thread(test.id, 10).tail[3]?.facts?.route.at(-1)).toMatch(/^One picture .* was not sent: /)
  })
})

/** A picture whose file is longer than its content, as base64. */
function padded(bytes: number): string {
  const file = Buffer.alloc(bytes)
  png(3, 2).copy(file)
  return file.toString('base64')
}
