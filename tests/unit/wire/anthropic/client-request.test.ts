import { expect, test } from 'vitest'
import {
  decodeAnthropicCount,
  decodeAnthropicMessages,
} from '../../../../src/main/engine/wire/anthropic/client-request.ts'

const ASK = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }

test.each([
  [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { enabled: true, budgetTokens: 2000 }],
  [{ thinking: { type: 'adaptive' } }, { enabled: true }],
  [{ thinking: { type: 'disabled' } }, { enabled: false }],
  [{ thinking: { type: 'between_tools' } }, { enabled: false }],
  [{ output_config: { effort: 'low' } }, { effort: 'low' }],
  [
    { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
    { enabled: true, effort: 'xhigh' },
  ],
  [{}, undefined],
])('%o asks for thoughts as %o', (fields, reasoning) => {
  expect(decodeAnthropicMessages({ ...ASK, ...fields }).request.reasoning).toEqual(reasoning)
})

test('a schema is understood in its old place too', () => {
  const output = { type: 'json_schema', schema: { type: 'object' } }
  const wanted = { type: 'json-schema', schema: { type: 'object' } }
  expect(decodeAnthropicMessages({ ...ASK, output_format: output }).request.responseFormat).toEqual(wanted)
  expect(decodeAnthropicMessages({ ...ASK, output_config: { format: output } }).request.responseFormat).toEqual(wanted)
})

test('several thoughts of one turn become one, which nothing proves any more', () => {
  const thinking = (text: string, signature: string) => ({ type: 'thinking', thinking: text, signature })
  const turn = (...content: object[]) =>
    decodeAnthropicMessages({ ...ASK, messages: [...ASK.messages, { role: 'assistant', content }] }).request.messages[1]
  expect(turn(thinking('A', 's1'), thinking('B', 's2'))).toEqual({
    role: 'assistant',
    content: '',
    reasoning: 'A\n\nB',
  })
  expect(turn(thinking('A', 's1'))).toMatchObject({ reasoning: 'A', reasoningSignature: 's1' })
  // Thoughts of a model elsewhere were given to the client with an empty signature.
  expect(turn(thinking('A', ''))).toEqual({ role: 'assistant', content: '', reasoning: 'A' })
})

test('tools of the type custom are tools, and every choice has its word', () => {
  const tools = [
    { type: 'custom', name: 'look', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
  ]
  const choice = (tool_choice: object) => decodeAnthropicMessages({ ...ASK, tools, tool_choice }).request
  expect(choice({ type: 'auto' })).toMatchObject({ tools: [{ name: 'look' }], toolChoice: 'auto' })
  expect(choice({ type: 'none' })).toMatchObject({ toolChoice: 'none' })
  expect(choice({ type: 'tool', name: 'look', disable_parallel_tool_use: false })).toMatchObject({
    toolChoice: { name: 'look' },
    parallelToolCalls: true,
  })
})

test('a count needs no limit', () => {
  const { max_tokens: _limit, ...ask } = ASK
  expect(decodeAnthropicCount({ ...ask, system: 'Be brief.' })).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ],
    sampling: {},
  })
  expect(() => decodeAnthropicMessages(ask)).toThrow("Missing required parameter: 'max_tokens'.")
})

test('fields that mean nothing elsewhere are named, empty ones and marks for the cache are not', () => {
  const { notSent, request } = decodeAnthropicMessages({
    ...ASK,
    stream: true,
    cache_control: { type: 'ephemeral' },
    container: null,
    context_management: { edits: [] },
    metadata: { user_id: 'u' },
  })
  expect(notSent).toEqual(['context_management'])
  expect(request.user).toBe('u')
})

test('the names of unknown fields are bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_each, index) => [`${'x'.repeat(500)}${index}`, 1]))
  const { notSent } = decodeAnthropicMessages({ ...ASK, ...many })
  expect(notSent.join(', ').length).toBeLessThan(2000)
})
