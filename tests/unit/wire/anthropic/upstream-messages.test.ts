import { expect, test } from 'vitest'
import type { ChatMessage } from '../../../../src/main/engine/spec/chat-request.ts'
import { encodeConversation } from '../../../../src/main/engine/wire/anthropic/upstream-messages.ts'
import { createToolNames } from '../../../../src/main/engine/wire/upstream-tool-names.ts'

function encode(messages: ChatMessage[], vision = true) {
  const notSent: string[] = []
  return { ...encodeConversation(messages, { vision, toolNames: createToolNames(128), notSent }), notSent }
}

const text = (said: string) => ({ type: 'text' as const, text: said })

test('instructions go apart, and turns of one side are joined', () => {
  const { system, messages } = encode([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [text('One'), text('')] },
    { role: 'user', content: [text('Two')] },
    { role: 'assistant', content: 'Yes' },
    { role: 'assistant', content: 'No' },
    { role: 'system', content: 'Be kind.' },
    { role: 'system', content: ' ' },
    { role: 'user', content: [text('Three')] },
  ])
  expect(system).toBe('Be brief.\n\nBe kind.')
  expect(messages).toEqual([
    { role: 'user', content: [text('One'), text('Two')] },
    { role: 'assistant', content: [text('Yes'), text('No')] },
    { role: 'user', content: [text('Three')] },
  ])
})

test('instructions alone are what is asked', () => {
  expect(encode([{ role: 'system', content: 'Write a poem.' }])).toMatchObject({
    system: undefined,
    messages: [{ role: 'user', content: [text('Write a poem.')] }],
  })
})

test('results of several calls make one turn, before what the person says; ids become ones that the API takes', () => {
  const { messages } = encode([
    { role: 'user', content: [text('Look')] },
    {
      role: 'assistant',
      content: ' ',
      toolCalls: [
        { id: 'call.1', name: 'look', arguments: '{"a":1}' },
        { id: 'call:2', name: 'look', arguments: '' },
        { id: 'call_3', name: 'look', arguments: '[1]' },
        { id: 'call_4', name: 'look', arguments: 'nonsense' },
      ],
    },
    { role: 'user', content: [text('Quick')] },
    { role: 'tool', toolCallId: 'call.1', content: 'one', isError: true },
    {
      role: 'tool',
      toolCallId: 'call:2',
      content: '',
      images: [
        { type: 'image', mediaType: 'image/png', data: 'AAAA' },
        { type: 'image-url', url: 'https://x.example/a.png' },
      ],
    },
  ])
  expect(messages[1]?.content).toEqual([
    { type: 'tool_use', id: 'call_1', name: 'look', input: { a: 1 } },
    { type: 'tool_use', id: 'call_2', name: 'look', input: {} },
    { type: 'tool_use', id: 'call_3', name: 'look', input: { value: [1] } },
    { type: 'tool_use', id: 'call_4', name: 'look', input: { value: 'nonsense' } },
  ])
  expect(messages[2]?.content).toEqual([
    { type: 'tool_result', tool_use_id: 'call_1', content: 'one', is_error: true },
    {
      type: 'tool_result',
      tool_use_id: 'call_2',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } },
      ],
    },
    text('Quick'),
  ])
})

test('thoughts go back only with their proof; others are named once', () => {
  const { messages, notSent } = encode([
    { role: 'user', content: [text('Hi')] },
    { role: 'assistant', content: 'A', reasoning: 'mine', reasoningSignature: 'sig' },
    { role: 'user', content: [text('Go on')] },
    { role: 'assistant', content: 'B', reasoning: 'of another model' },
    { role: 'user', content: [text('Go on')] },
    { role: 'assistant', content: 'C', reasoning: 'of another model' },
    { role: 'user', content: [text('Go on')] },
  ])
  expect(messages[1]?.content).toEqual([{ type: 'thinking', thinking: 'mine', signature: 'sig' }, text('A')])
  expect(messages[3]?.content).toEqual([text('B')])
  expect(notSent).toEqual(['messages[].reasoning_content'])
})

test('a given beginning of the answer loses the white space at its end', () => {
  const { messages } = encode([
    { role: 'user', content: [text('Count')] },
    { role: 'assistant', content: 'One, two, ' },
  ])
  expect(messages.at(-1)?.content).toEqual([text('One, two,')])
})

test('pictures are refused for a model that does not see', () => {
  const picture: ChatMessage = { role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }] }
  expect(() => encode([picture], false)).toThrow(/does not see images/)
})

test('a conversation that begins with the model gets a first word of the person', () => {
  const { messages } = encode([
    { role: 'assistant', content: 'Welcome!' },
    { role: 'user', content: [text('Hi')] },
  ])
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
})
