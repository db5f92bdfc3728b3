import type { ChatHistoryItem, Token } from 'node-llama-cpp'
import { describe, expect, test } from 'vitest'
import { fitHistory } from '../../../../src/main/engine/runtimes/llama/worker/fit-history.ts'
import { renderHistory } from '../../../../src/main/engine/runtimes/llama/worker/render-history.ts'
import type { ChatMessage } from '../../../../src/main/engine/spec/chat-request.ts'

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] })

describe('renderHistory', () => {
  test('puts tool results into their calls and joins what belongs to one response', () => {
    const history = renderHistory([
      { role: 'system', content: 'be brief' },
      user('weather?'),
      {
        role: 'assistant',
        content: 'let me look',
        reasoning: 'a tool would help',
        toolCalls: [
          { id: '1', name: 'a', arguments: '{"x":1}' },
          { id: '2', name: 'b', arguments: '' },
        ],
      },
      { role: 'tool', toolCallId: '2', content: 'two' },
      { role: 'tool', toolCallId: '1', content: 'one' },
      { role: 'assistant', content: 'it is cold' },
    ])
    expect(history).toEqual([
      { type: 'system', text: 'be brief' },
      { type: 'user', text: 'weather?' },
      {
        type: 'model',
        response: [
          { type: 'segment', segmentType: 'thought', text: 'a tool would help', ended: true },
          'let me look',
          { type: 'functionCall', name: 'a', params: { x: 1 }, result: 'one', startsNewChunk: true },
          { type: 'functionCall', name: 'b', params: {}, result: 'two', startsNewChunk: false },
          'it is cold',
        ],
      },
    ])
  })

  test('refuses a result without a call and arguments that are not JSON', () => {
    expect(() => renderHistory([{ role: 'tool', toolCallId: 'x', content: '' }])).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'messages.0.tool_call_id' }),
    )
    const broken: ChatMessage = { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'a', arguments: '{' }] }
    expect(() => renderHistory([broken])).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('fitHistory', () => {
  // One token per word.
  const tokenize = (history: ChatHistoryItem[]): Token[] =>
    history
      .flatMap((item) =>
        item.type === 'model' ? item.response.filter((part) => typeof part === 'string') : [item.text],
      )
      .flatMap((text) => String(text).split(' '))
      .map((_, index) => index as Token)

  const history: ChatHistoryItem[] = [
    { type: 'system', text: 's s' },
    { type: 'user', text: 'a a a a' },
    { type: 'model', response: ['b b b b'] },
    { type: 'user', text: 'c c' },
    { type: 'model', response: ['d d'] },
    { type: 'user', text: 'e e e' },
  ]

  test('leaves a prompt alone that fits exactly', () => {
    expect(fitHistory(history, 19, 'error', tokenize)).toMatchObject({ dropped: 0 })
    expect(() => fitHistory(history, 18, 'error', tokenize)).toThrow(/17 tokens.*18 tokens/)
  })

  test('drops as few of the oldest turns as needed, keeps system and the last question', () => {
    const once = fitHistory(history, 12, 'truncate', tokenize)
    expect(once.history.map((item) => item.type)).toEqual(['system', 'user', 'model', 'user'])
    const twice = fitHistory(history, 8, 'truncate', tokenize)
    expect(twice.history).toEqual([history[0], history[5]])
    expect(() => fitHistory(history, 6, 'truncate', tokenize)).toThrow(
      expect.objectContaining({ code: 'context_length_exceeded' }),
    )
  })
})
