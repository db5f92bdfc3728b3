import { describe, expect, test } from 'vitest'
import {
  type PromptContext,
  resolvePromptVariables,
} from '../../../../src/main/engine/wire/parameters/prompt-variables.ts'
import { prependSystemPrompt } from '../../../../src/main/engine/wire/parameters/system-prompt.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

// Saturday, 15:04:05 in UTC.
const CLOCK = createManualClock(Date.UTC(2026, 10, 21, 15, 4, 5))
const ADA: PromptContext = {
  timeZone: 'UTC',
  user: {
    name: 'Ada',
    email: 'ada@example.com',
    bio: 'Counts',
    gender: 'female',
    birthDate: '1990-12-10',
    location: 'Ulm',
    groups: ['a', 'b'],
  },
}

function resolve(prompt: string, context: PromptContext = ADA): string {
  return resolvePromptVariables(prompt, context, CLOCK)
}

describe('server variables', () => {
  test.each([
    ['{{CURRENT_DATE}}', '2026-11-21'],
    ['{{CURRENT_TIME}}', '03:04:05 PM'],
    ['{{CURRENT_DATETIME}}', '2026-11-21 03:04:05 PM'],
    ['{{CURRENT_WEEKDAY}}', 'Saturday'],
    ['{{USER_NAME}}', 'Ada'],
    ['{{USER_EMAIL}}', 'ada@example.com'],
    ['{{USER_BIO}}', 'Counts'],
    ['{{USER_GENDER}}', 'female'],
    ['{{USER_BIRTH_DATE}}', '1990-12-10'],
    ['{{USER_AGE}}', '35'],
    ['{{USER_LOCATION}}', 'Ulm'],
    ['{{USER_GROUPS}}', 'a, b'],
    ['{{ USER_NAME }}', 'Ada'],
    ['{{NOBODY_KNOWS}} {{lower}} {{', '{{NOBODY_KNOWS}} {{lower}} {{'],
    ['Hi {{USER_NAME}}{{USER_NAME}}!', 'Hi AdaAda!'],
  ])('%s reads %s', (prompt, text) => {
    expect(resolve(prompt)).toBe(text)
  })

  test('without a user they are unknown; unset facts are none', () => {
    expect(resolve('{{USER_NAME}} {{USER_GROUPS}} {{USER_AGE}}', {})).toBe('Unknown Unknown Unknown')
    expect(
      resolve('{{USER_NAME}} {{USER_BIO}} {{USER_AGE}} [{{USER_GROUPS}}]', { user: { name: 'Ada', bio: null } }),
    ).toBe('Ada None None []')
  })

  test('the day is the one of the time zone, and ages turn on the birthday', () => {
    expect(resolve('{{CURRENT_DATE}} {{CURRENT_TIME}}', { timeZone: 'Pacific/Kiritimati' })).toBe(
      '2026-11-22 05:04:05 AM',
    )
    const born = (birthDate: string) => resolve('{{USER_AGE}}', { timeZone: 'UTC', user: { birthDate } })
    expect([born('2000-11-21'), born('2000-11-22')]).toEqual(['26', '25'])
    expect(
      resolvePromptVariables('{{CURRENT_TIME}}', { timeZone: 'UTC' }, createManualClock(Date.UTC(2026, 0, 1))),
    ).toBe('12:00:00 AM')
  })
})

describe('variables of client, chat and user', () => {
  test('the client names its own, in braces or not', () => {
    const clientVariables = { '{{CURRENT_TIMEZONE}}': 'Europe/Berlin', '{{USER_LANGUAGE}}': 'de-DE', MARK: '!' }
    expect(resolve('{{CURRENT_TIMEZONE}} {{USER_LANGUAGE}} MARK', { clientVariables })).toBe('Europe/Berlin de-DE !')
    expect(resolve('{{CURRENT_TIMEZONE}}', {})).toBe('{{CURRENT_TIMEZONE}}')
  })

  test('the client is heard before the server', () => {
    expect(resolve('{{USER_NAME}}', { ...ADA, clientVariables: { '{{USER_NAME}}': 'Client' } })).toBe('Client')
  })

  test.each([
    ['{{chat.variables.city}}', 'Ulm'],
    ['{{ chat.variables.city | text }}', 'Ulm'],
    ['{{chat.variables.city | text:default="Paris":required}}', 'Ulm'],
    ['{{chat.variables.none | text:default="Pa:ri}}s \\"x\\""}}', 'Pa:ri}}s "x"'],
    ['{{chat.variables.none | select:options=["High","Lo:w"]:default="Lo:w"}}', 'Lo:w'],
    ['{{chat.variables.none | number:min=1:default=5}}', '5'],
    ['{{chat.variables.none | text:placeholder="p"}}', ''],
    ['{{chat.variables.none}}', ''],
    ['{{chat.variables.empty | text:default="d"}}', 'd'],
    ['{{chat.variables.zero}}', '0'],
    ['{{chat.variables.list}}', 'a, b'],
    ['{{user.variables.tone | text:default="dry"}}', 'warm'],
    ['{{user.variables.none | text:default="dry"}}', 'dry'],
    ['{{chat.variables.Bad}}', '{{chat.variables.Bad}}'],
    ['{{chat.variables.toString}}', '{{chat.variables.toString}}'],
    ['{{chat.variables.constructor}}', ''],
    ['{{chat.variables.city | text', '{{chat.variables.city | text'],
  ])('%s reads %s', (prompt, text) => {
    const chatVariables = { city: 'Ulm', empty: '', zero: 0, list: ['a', 'b'] }
    expect(resolve(prompt, { chatVariables, userVariables: { tone: 'warm' } })).toBe(text)
  })

  test('a value is never read for variables itself', () => {
    const context = { ...ADA, chatVariables: { who: '{{USER_EMAIL}}' }, clientVariables: { '{{X}}': '{{USER_NAME}}' } }
    expect(resolve('{{chat.variables.who}} {{X}}', context)).toBe('{{USER_EMAIL}} {{USER_NAME}}')
  })

  test('a prompt of many open braces is read in no time', () => {
    const prompt = '{{chat.variables.a | text:default="'.repeat(20_000)
    const began = performance.now()
    expect(resolve(prompt)).toBe(prompt)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

describe('prependSystemPrompt', () => {
  const USER = { role: 'user', content: 'Hi' }

  test('comes first, or before what the first system message says', () => {
    expect(prependSystemPrompt([USER], 'S')).toEqual([{ role: 'system', content: 'S' }, USER])
    expect(prependSystemPrompt([{ role: 'system', content: 'own' }, USER], 'S')).toEqual([
      { role: 'system', content: 'S\nown' },
      USER,
    ])
    expect(prependSystemPrompt([{ role: 'developer', content: '' }], 'S')).toEqual([
      { role: 'developer', content: 'S' },
    ])
    expect(prependSystemPrompt([], 'S')).toEqual([{ role: 'system', content: 'S' }])
    expect(prependSystemPrompt([USER], '')).toEqual([USER])
  })

  test('content in parts keeps its other parts', () => {
    const parts = [{ type: 'image_url' }, { type: 'text', text: 'a' }, { type: 'text', text: 'b' }]
    const before = structuredClone(parts)
    expect(prependSystemPrompt([{ role: 'system', content: parts }], 'S')).toEqual([
      { role: 'system', content: [parts[0], { type: 'text', text: 'S\na' }, parts[2]] },
    ])
    expect(parts).toEqual(before)
    expect(prependSystemPrompt([{ role: 'system', content: [{ type: 'other' }] }], 'S')).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'S' }, { type: 'other' }] },
    ])
  })

  test('only the first message counts', () => {
    const messages = [USER, { role: 'system', content: 'later' }]
    expect(prependSystemPrompt(messages, 'S')).toEqual([{ role: 'system', content: 'S' }, ...messages])
  })
})
