import type { Conversation } from '#shared/chats.ts'
import type { Place } from '#shared/place.ts'
import { catalogModel, holder, manyModels, threePlaces } from '../../support/catalog-samples.ts'
import { createMockEngine, type MockEngine } from '../../support/mock-engine.ts'
import { demoFile, fullShelf, someStatus } from '../../support/samples.ts'
import { conversationOf, factsOf, MockChats } from '../mock-chats.ts'
import { BACKUP, CHECKS, longMessage } from './chat-texts.ts'
import { PICTURE, PORTRAIT } from './pictures.ts'

export interface ChatScene {
  engine: MockEngine
  chats: MockChats
  /** The answer being written, where the scene has one. */
  liveId: string | null
}

/** Chats in a named state, to look at and to measure. */
export function chatScene(name: string): ChatScene {
  const files = name === 'demo' ? [demoFile()] : fullShelf()
  const engine = createMockEngine({
    files,
    status: someStatus({ modelName: 'Qwen3 8B', state: 'ready', loadedModels: 1 }),
  })
  if (name === 'places' || name === 'images' || name === 'failover') engine.state.catalog = threePlaces()
  if (name === 'many') engine.state.catalog = [...threePlaces(), ...manyModels(500)]
  if (name === 'blind') engine.state.catalog = [catalogModel('plain', [holder('in-process', 'here')])]
  const chats = new MockChats(engine)
  if (name === 'none' || name === 'demo') return { engine, chats, liveId: null }
  addList(chats)
  chats.add(
    conversationOf('talk', {
      title: 'Backing up SQLite in WAL mode',
      trace: ['here', 'near', 'away'],
      answering: name === 'live',
    }),
  )
  if (name === 'long') return { engine, chats, liveId: addLong(chats, 10_000) }
  if (name === 'images') return { engine, chats, liveId: addImages(chats) }
  return { engine, chats, liveId: addTalk(chats, name) }
}

function addTalk(chats: MockChats, name: string): string | null {
  const ask = chats.say('talk', null, {
    role: 'user',
    content: 'How do I copy a live SQLite database safely from Node, and what can go wrong?',
  })
  chats.say('talk', ask.id, { role: 'assistant', content: 'Copy the file.' })
  const first = chats.say('talk', ask.id, { role: 'assistant', content: BACKUP })
  const second = chats.say('talk', first.id, {
    role: 'user',
    content: 'Which one should run before a schema migration, and how do I know the copy is good?',
  })
  const checked = chats.say('talk', second.id, {
    role: 'assistant',
    content: CHECKS,
    reasoning: 'The person wants one recommendation and a test that can be trusted.',
    facts: factsOf({
      place: 'near',
      modelName: 'gpt-oss 20B',
      connectionName: 'attic',
      ttftMs: 480,
      completionTokens: 212,
    }),
  })
  const third = chats.say('talk', checked.id, { role: 'user', content: 'Write the check as a small function.' })
  if (name === 'talk') return null
  if (name === 'failed') {
    chats.say('talk', third.id, {
      role: 'assistant',
      status: 'failed',
      content: 'It opens the copy read-only, runs the three checks and',
      error: {
        code: 'out_of_memory',
        message: 'It needs 10.4 GB at 16k context; 7.4 GB are free.',
        retryable: false,
        requestId: '01JD8Q4ZK3',
        detail: 'llama runner: cudaMalloc failed: out of memory',
      },
      facts: factsOf({ completionTokens: 11, finishReason: 'error' }),
    })
    return null
  }
  if (name === 'ends') {
    const stopped = chats.say('talk', third.id, {
      role: 'assistant',
      status: 'stopped',
      content: 'It opens the copy read-only',
      facts: factsOf({ completionTokens: 6 }),
    })
    const again = chats.say('talk', stopped.id, { role: 'user', content: 'Which tools do you have?' })
    const tool = chats.say('talk', again.id, {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 't1', name: 'read_schema', arguments: '{"file":"today.db","tables":["chats","messages"]}' }],
      facts: factsOf({ finishReason: 'tool-calls', place: 'away', modelName: 'GPT-5 mini', connectionName: 'OpenAI' }),
    })
    const more = chats.say('talk', tool.id, { role: 'user', content: 'Go on.' })
    chats.say('talk', more.id, {
      role: 'assistant',
      status: 'interrupted',
      content: 'The three largest tables match, so the copy',
      facts: factsOf({ completionTokens: 9 }),
    })
    return null
  }
  return chats.startAnswer('talk', third.id).id
}

function addImages(chats: MockChats): null {
  const images = [
    chats.keepImage(PICTURE, { width: 1600, height: 1000 }),
    chats.keepImage(PORTRAIT, { width: 600, height: 1200 }),
  ]
  const ask = chats.say('talk', null, {
    role: 'user',
    content: 'Which of these two is the better chart, and why?',
    images,
  })
  const answer = chats.say('talk', ask.id, {
    role: 'assistant',
    content: 'The first one: its bars share one baseline, so their heights can be compared.',
    facts: factsOf({
      place: 'near',
      modelId: 'gemma3:12b',
      modelName: 'gemma3:12b',
      connectionName: 'Mac Studio',
      route: [
        'attic: It does not answer: the connection was refused.',
        'Mac Studio is the least busy of 2 places that have gemma3:12b (no request under way)',
      ],
      attempts: [
        {
          connectionId: 'attic',
          connectionName: 'attic',
          code: 'upstream_unavailable',
          message: 'It does not answer: the connection was refused.',
          durationMs: 34,
        },
      ],
    }),
  })
  const more = chats.say('talk', answer.id, {
    role: 'user',
    content: '',
    images: [chats.keepImage(PICTURE, { width: 64, height: 40 })],
  })
  chats.say('talk', more.id, { role: 'assistant', content: 'The same chart, much smaller.' })
  return null
}

function addList(chats: MockChats): void {
  const now = Date.now()
  const hour = 3_600_000
  const rows: [string, number, Place[], boolean][] = [
    ['Release notes, house style', 72 * hour, ['here', 'here', 'here', 'near', 'here', 'here'], true],
    ['Invoice fields to JSON schema', 0.2 * hour, ['here', 'here', 'here', 'here'], false],
    ['Reading a flame graph of the gateway', 0.4 * hour, ['near', 'near', 'near', 'away'], false],
    ['Dutch letter to the landlord', 25 * hour, ['here'], false],
    ['Compare Q4_K_M and Q6_K on the parser of the new gateway', 26 * hour, ['here', 'near', 'here', 'near'], false],
    ['Postgres index that is never used', 27 * hour, ['away', 'away', 'away'], false],
    ['Regex for semantic versions', 60 * hour, ['here', 'here'], false],
    ['Onboarding plan for Mira', 80 * hour, ['near', 'near', 'away', 'near'], false],
    ['Soup with what is in the fridge', 300 * hour, ['here'], false],
  ]
  for (const [index, [title, age, trace, pinned]] of rows.entries()) {
    chats.add(conversationOf(`l${index}`, { title, trace, pinned, updatedAt: now - age }))
  }
}

function addLong(chats: MockChats, count: number): null {
  const tree = chats.add(
    conversationOf('long', {
      title: `A chat of ${count} messages`,
      trace: ['here', 'here'],
    } satisfies Partial<Conversation>),
  )
  let parentId: string | null = null
  for (let depth = 0; depth < count; depth += 1) {
    const id = `x${depth}`
    tree.messages.set(id, {
      id,
      conversationId: 'long',
      parentId,
      depth,
      role: depth % 2 === 0 ? 'user' : 'assistant',
      content: longMessage(depth),
      reasoning: '',
      toolCalls: [],
      status: 'complete',
      facts: depth % 2 === 0 ? null : factsOf(),
      error: null,
      createdAt: 1_700_000_000_000 + depth * 1000,
      siblings: [id],
    })
    parentId = id
  }
  tree.conversation = { ...tree.conversation, activeLeafId: parentId, messageCount: count }
  return null
}
