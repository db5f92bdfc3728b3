import { expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTestChats } from '../../support/test-chats.ts'
import { until } from '../../support/until.ts'

const ATTEMPT = {
  connectionId: 'here',
  connectionName: 'This machine',
  code: 'connect_timeout',
  message: 'It did not answer in time.',
  durationMs: 5000,
} as const
const ATTIC = {
  place: 'near',
  connectionId: 'attic',
  connectionName: 'Attic',
  reasons: ['This machine: It did not answer in time.', 'Attic is the last place left that has Demo'],
  attempts: [ATTEMPT],
} as const

function setup() {
  const test = openTestChats(tempFolder())
  const { id } = test.chats.create(null)
  const { answer } = test.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
  return { ...test, id, answer }
}

test('an answer tells where it was served, also when the first place failed, and what was tried', async () => {
  const test = setup()
  const run = await test.run(0)
  await until('the first route is known', () => test.chats.thread(test.id, 1).tail[0]?.facts ?? null)
  const events = test.chats.watch(test.answer.id, new AbortController().signal)[Symbol.asyncIterator]()
  expect((await events.next()).value).toMatchObject({ type: 'snapshot', message: { facts: { connectionId: 'here' } } })
  run.moveTo({ ...ATTIC, reasons: [...ATTIC.reasons], attempts: [ATTEMPT] })
  run.say('Hello')
  // Told anew before the first word, so that nobody sees the word in the wrong place.
  expect((await events.next()).value).toMatchObject({
    type: 'snapshot',
    message: { facts: { place: 'near', connectionId: 'attic' } },
  })
  run.finish()
  let last = await events.next()
  while (last.value?.type !== 'end') last = await events.next()
  expect(test.chats.thread(test.id, 1)).toMatchObject({
    conversation: { trace: ['near'] },
    tail: [
      {
        content: 'Hello',
        facts: {
          place: 'near',
          connectionId: 'attic',
          connectionName: 'Attic',
          route: ATTIC.reasons,
          attempts: [ATTEMPT],
        },
      },
    ],
  })
  expect(test.storage.messages.find(test.answer.id)?.facts?.attempts).toEqual([ATTEMPT])
})

test('an answer that failed everywhere tells the last place', async () => {
  const test = setup()
  const run = await test.run(0)
  await until('the first route is known', () => test.chats.thread(test.id, 1).tail[0]?.facts ?? null)
  run.moveTo({ ...ATTIC, reasons: [...ATTIC.reasons], attempts: [ATTEMPT] })
  run.fail(new EngineError('upstream_unavailable', 'Attic refused the connection.'))
  await until('it failed', () => test.chats.thread(test.id, 1).tail[0]?.status === 'failed' || null)
  expect(test.chats.thread(test.id, 1).tail[0]?.facts).toMatchObject({ connectionId: 'attic', attempts: [ATTEMPT] })
})
