import { expect, test } from 'vitest'
import { anthropicUser } from '../../../src/main/engine/wire/end-user-id.ts'

const HASH = /^[0-9a-f]{64}$/

test.each([
  'u',
  'user-123',
  '12345',
  '550e8400-e29b-41d4-a716-446655440000',
  'a'.repeat(256),
  'f'.repeat(64),
  '@somebody',
])('Anthropic is told %s as it is', (id) => {
  const notSent: string[] = []
  expect(anthropicUser(id, notSent)).toBe(id)
  expect(notSent).toEqual([])
})

test.each([
  'a'.repeat(257),
  'ann@example.com',
  'Ann <ann@mail.example.com>',
  '+1 (415) 555-0100',
  '4155550100',
  '415-555-0100',
  'tel:+14155550100',
])('Anthropic is told the hash of %s', (id) => {
  const notSent: string[] = []
  const hash = anthropicUser(id, notSent)
  expect(hash).toMatch(HASH)
  expect(anthropicUser(id, [])).toBe(hash)
  expect(notSent).toEqual(['user (hashed)'])
})
