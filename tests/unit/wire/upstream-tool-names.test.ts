import { expect, test } from 'vitest'
import { createToolNames, openAiToolNames } from '../../../src/main/engine/wire/upstream-tool-names.ts'

test('names that fit stay; the others become ones that fit, and come back as they were', () => {
  const names = openAiToolNames()
  const long = `${'a'.repeat(64)}_end`
  expect(names.encode('get_weather-2')).toBe('get_weather-2')
  expect(names.encode('mcp.server/tool')).toBe('mcp_server_tool')
  expect(names.encode(long)).toBe('a'.repeat(64))
  for (const name of ['get_weather-2', 'mcp.server/tool', long]) expect(names.decode(names.encode(name))).toBe(name)
  expect(names.decode('never-seen')).toBe('never-seen')
})

test('tools keep their names in a turn that begins with a call of another one', () => {
  const tools = [{ name: 'a.b' }, { name: 'a/b' }]
  const names = openAiToolNames(tools)
  expect(names.encode('a/b')).toBe('a_b_2')
  expect(names.encode('a.b')).toBe('a_b')
})

test('names that would fall together stay apart', () => {
  const names = createToolNames(16)
  const given = ['a.b', 'a_b', 'a/b', 'x'.repeat(17), 'x'.repeat(18), 'x'.repeat(16)]
  const encoded = given.map((name) => names.encode(name))
  expect(new Set(encoded).size).toBe(given.length)
  for (const name of encoded) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,16}$/)
  expect(encoded.map((name) => names.decode(name))).toEqual(given)
  expect(given.map((name) => names.encode(name))).toEqual(encoded)
})
