import type { ChatMessage } from '../../src/main/engine/spec/chat-request.ts'
import { HALF_CHARACTERS } from '../support/upstreams/openai-answers.ts'
import type { ProviderHarness, Question } from './provider-contract.ts'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const TIME = { ...WEATHER, name: 'get_time', description: 'The time in a city' }

/** Questions by which the scripted OpenAI server shows each situation, whatever the dialect on the way to it. */
export function openAiQuestions(notSent: Question & { fields: string[] }): ProviderHarness['questions'] {
  return {
    text: { messages: [user('Tell me a joke')], sampling: {} },
    long: { messages: [user('#long')], sampling: {} },
    stopAt: ' the ',
    tool: { ...asking('What is the weather in Paris?'), tools: [WEATHER], toolName: 'get_weather' },
    toolResult: {
      messages: [
        user('What is the weather in Paris?'),
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'c1', name: 'get_weather', arguments: '{"city":"Paris"}' }],
        },
        { role: 'tool', toolCallId: 'c1', toolName: 'get_weather', content: '{"temperature":21}' },
      ],
      tools: [WEATHER],
      sampling: {},
    },
    jsonSchema: {
      ...asking('Describe a person'),
      responseFormat: {
        type: 'json-schema',
        schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      },
    },
    reasoning: { ...asking('Why is the sky blue?'), reasoning: { enabled: true, effort: 'low' } },
    rawPrompt: 'Once upon a time',
    image: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', mediaType: 'image/png', data: PIXEL },
          ],
        },
      ],
      sampling: {},
      answer: `1 picture(s) of ${Buffer.from(PIXEL, 'base64').length} bytes`,
    },
    parallelTools: { ...asking('#tools'), tools: [WEATHER, TIME], toolNames: ['get_weather', 'get_time'] },
    failing: { ...asking('#500'), reason: 'Sorry about that!' },
    rateLimited: asking('#429'),
    cutOffs: [asking('#cut'), asking('#no-end')],
    notSent,
    halfCharacters: { ...asking('#half'), text: HALF_CHARACTERS },
    silent: asking('#silent'),
  }
}

export function asking(text: string): Question & { messages: ChatMessage[] } {
  return { messages: [user(text)], sampling: {} }
}

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}
