import { createChats } from '../../../src/main/engine/chats/index.ts'
import { openDataFolder } from '../../../src/main/engine/data-folder/index.ts'
import { createSettingsStore } from '../../../src/main/engine/settings/index.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { openStorage } from '../../../src/main/engine/storage/index.ts'
import { OWNER_ID } from '../../../src/shared/access.ts'
import { chatRights } from '../../support/chat-rights.ts'
import { createFakePipeline } from '../../support/fake-pipeline.ts'
import { createTestLog } from '../../support/test-log.ts'

/** Run as a child: streams numbered words into an answer without end and reports each on stdout with its time. */
const folder = openDataFolder(process.argv[2] ?? '')
const log = createTestLog()
const now = () => Date.now()
const storage = openStorage({ folder: folder.path, log, now })
const settings = createSettingsStore({ records: storage.settings, environment: {}, log, now })
const fake = createFakePipeline()
const people = createChats({
  storage,
  ...chatRights(fake),
  settings,
  clock: systemClock,
  log,
  emit: () => {},
  searchWorker: { search: async () => [] },
})
const chats = people.chatsOf(OWNER_ID)
const { id } = chats.create('demo')
const { userMessage, answer } = chats.send({ id, parentId: null, content: 'Count for me', modelId: 'demo' })
const run = await fake.run(0)
process.stdout.write(`${JSON.stringify({ id, userMessageId: userMessage.id, answerId: answer.id })}\n`)
let word = 0
setInterval(() => {
  run.say(`w${word} `)
  process.stdout.write(`${JSON.stringify({ word, at: Date.now() })}\n`)
  word++
}, 10)
