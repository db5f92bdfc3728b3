import { expect, test } from 'vitest'
import { conversationTitle } from '../../../src/main/engine/chats/conversation-title.ts'
import { newId } from '../../../src/main/engine/chats/new-id.ts'

test('a title is the first line with something on it, cut at a word', () => {
  expect(conversationTitle('\n  Why is  the sky blue?\nAnd the sea?')).toBe('Why is the sky blue?')
  expect(conversationTitle('word '.repeat(30))).toBe(`${'word '.repeat(11)}word…`)
  expect([...conversationTitle('火'.repeat(100))]).toHaveLength(61)
  expect(conversationTitle(' \n ')).toBe('')
})

test('ids are UUIDs of version 7 in order of time', () => {
  const ids = [1, 1_000, 1_790_000_000_000].map(newId)
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(newId(5)).not.toBe(newId(5))
})
