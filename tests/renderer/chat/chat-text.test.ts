import { describe, expect, it } from 'vitest'
import type { Conversation } from '#shared/chats.ts'
import { lastCode } from '../../../src/renderer/features/chat/copy-answer.ts'
import { countWords } from '../../../src/renderer/features/chat/count-words.ts'
import { groupConversations } from '../../../src/renderer/features/chat/group-conversations.ts'
import { composeMessage, splitDraft, toPastedText } from '../../../src/renderer/features/chat/pasted-text.ts'
import { splitFences } from '../../../src/renderer/features/chat/split-fences.ts'
import { splitRanges } from '../../../src/renderer/features/chat/split-ranges.ts'
import { chatModels, pickModel } from '../../../src/renderer/features/chat/use-chat-models.ts'
import { catalogOf, demoFile, modelFile } from '../support/samples.ts'
import { conversationOf } from './mock-chats.ts'

describe('pasted text', () => {
  const long = 'a line\n'.repeat(400)

  it('leaves short pastes alone', () => {
    expect(toPastedText('short\ntext')).toBeNull()
    expect(toPastedText(long)).toMatchObject({ lines: 400 })
  })

  it('travels as a fence and comes back from a draft', () => {
    const tricky = `${long}\n\`\`\`\`js\ncode\n\`\`\`\`\nend`
    const pastes = [toPastedText(long), toPastedText(tricky)].filter((one) => one !== null)
    const draft = composeMessage('Look at these', pastes)
    const back = splitDraft(draft)
    expect(back.text).toBe('Look at these')
    expect(back.pastes.map((one) => one.text)).toEqual(pastes.map((one) => one.text))
  })

  it('keeps a short fence of the person in the text', () => {
    const draft = 'see\n\n```text\nshort\n```'
    expect(splitDraft(draft)).toEqual({ text: draft, pastes: [] })
  })
})

describe('splitFences', () => {
  it('takes fenced code out of plain text and nothing else', () => {
    expect(splitFences('a *b*\n```ts\nx\n```\n# c')).toEqual([
      { kind: 'text', text: 'a *b*' },
      { kind: 'code', info: 'ts', lines: ['x'] },
      { kind: 'text', text: '# c' },
    ])
  })

  it('leaves an unclosed fence as text', () => {
    expect(splitFences('a\n```\nx')).toEqual([{ kind: 'text', text: 'a\n```\nx' }])
  })
})

describe('groupConversations', () => {
  const now = new Date(2026, 10, 21, 10, 0).getTime()
  const at = (id: string, day: number, hour: number, patch: Partial<Conversation> = {}): Conversation =>
    conversationOf(id, { updatedAt: new Date(2026, 10, day, hour).getTime(), ...patch })

  it('groups by calendar day, newest first, pinned apart', () => {
    const rows = groupConversations(
      [
        at('old', 2, 9),
        at('just-after-midnight', 21, 0),
        at('late-yesterday', 20, 23),
        at('week', 15, 0),
        at('not-week', 14, 23),
        at('pinned', 3, 9, { pinned: true }),
        at('today', 21, 9),
      ],
      now,
    )
    expect(rows.map((row) => (row.kind === 'head' ? `# ${row.group}` : row.conversation.id))).toEqual([
      '# pinned',
      'pinned',
      '# today',
      'today',
      'just-after-midnight',
      '# yesterday',
      'late-yesterday',
      '# week',
      'week',
      '# older',
      'not-week',
      'old',
    ])
  })
})

describe('countWords', () => {
  it.each([
    ['', 0],
    ['One two, three!', 3],
    ['it’s well-known', 2],
    ['你好 world', 3],
    ['中文abc', 3],
  ])('%s', (text, count) => {
    expect(countWords(text)).toBe(count)
  })
})

describe('lastCode', () => {
  it('is the last block of the answer', () => {
    expect(lastCode('```a\n1\n```\ntext\n```b\n2\n3\n```\nend')).toBe('2\n3')
    expect(lastCode('none')).toBeNull()
  })
})

describe('splitRanges', () => {
  it('cuts at matches and survives ranges that do not fit', () => {
    expect(
      splitRanges('abcdef', [
        [4, 99],
        [1, 3],
        [2, 3],
      ]).map((part) => (part.match ? `[${part.text}]` : part.text)),
    ).toEqual(['a', '[bc]', 'd', '[ef]'])
  })
})

describe('chat models', () => {
  const catalog = catalogOf([
    demoFile(),
    modelFile('b'),
    modelFile('a'),
    modelFile('embed', { capabilities: ['embedding'] }),
    modelFile('broken'),
  ]).map((model) => (model.id === 'broken' ? { ...model, state: 'unavailable' as const } : model))

  it('are those that can chat, ready ones first, the demo last of them', () => {
    expect(chatModels(catalog).map((one) => one.id)).toEqual(['a', 'b', 'demo', 'broken'])
  })

  it('starts with the wanted one, then the set one, then the first that is ready', () => {
    const models = chatModels(catalog)
    expect(pickModel(models, 'broken', null)?.id).toBe('broken')
    expect(pickModel(models, 'unknown', 'b')?.id).toBe('b')
    expect(pickModel(models, null, 'broken')?.id).toBe('a')
    expect(pickModel([], null, null)).toBeNull()
    expect(pickModel(models, 'broken:latest', null)?.id).toBe('broken')
    expect(pickModel(models, null, 'b:latest')?.id).toBe('b')
  })
})
