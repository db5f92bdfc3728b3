import { createLlamaAdapter } from '../../src/main/engine/providers/llama/llama-adapter.ts'
import type { ChatMessage } from '../../src/main/engine/spec/chat-request.ts'
import { openRuntime } from '../integration/runtimes/llama/open-runtime.ts'
import { ensureTestModels } from '../support/test-models.ts'
import { until } from '../support/until.ts'
import { providerContract } from './provider-contract.ts'

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const asksForWeather = user('What is the weather in Paris?')

providerContract('llama', async () => {
  const { demo, demoEmbed } = await ensureTestModels()
  const builtInModels = [
    { id: 'demo', path: demo },
    { id: 'demo-embed', path: demoEmbed },
  ]
  const { runtime, close } = await openRuntime({ builtInModels })
  await until('the models are checked', () => (runtime.files().every((file) => file.state === 'ready') ? true : null))
  return {
    adapter: createLlamaAdapter(runtime),
    chatModel: 'demo',
    embeddingModel: 'demo-embed',
    questions: {
      text: { messages: [user('Tell me a joke')], sampling: { temperature: 0 } },
      long: { messages: [user('Go on in an endless loop')], sampling: { temperature: 0 } },
      stopAt: ' the ',
      tool: { messages: [asksForWeather], tools: [WEATHER], sampling: {}, toolName: 'get_weather' },
      toolResult: {
        messages: [
          asksForWeather,
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
        messages: [user('Describe a person')],
        sampling: {},
        responseFormat: {
          type: 'json-schema',
          schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        },
      },
      reasoning: { messages: [user('Why is the sky blue?')], sampling: {} },
      rawPrompt: 'Once upon a time',
    },
    stop: close,
  }
})
