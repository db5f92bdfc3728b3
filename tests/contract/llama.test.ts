import { createLlamaAdapter } from '../../src/main/engine/providers/llama/llama-adapter.ts'
import type { ChatMessage } from '../../src/main/engine/spec/chat-request.ts'
import { openRuntime } from '../integration/runtimes/llama/open-runtime.ts'
import { ensureTestModels } from '../support/test-models.ts'
import { until } from '../support/until.ts'
import { type ContractSkip, type ProviderHarness, providerContract } from './provider-contract.ts'

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const asksForWeather = user('What is the weather in Paris?')

const NO_SERVER = 'it runs in this process: there is no upstream server, socket or byte stream'

const SKIPS: ContractSkip[] = [
  { case: 'sees an image', reason: 'the runtime reads text only; pictures are refused by name' },
  { case: 'streams parallel tool calls', reason: 'the demo model calls one tool at a time' },
  { case: 'keeps the upstream reason of an error', reason: NO_SERVER },
  { case: 'rate limit is retryable', reason: NO_SERVER },
  { case: 'ends a cut-off stream with an error', reason: NO_SERVER },
  { case: 'reads half characters at chunk edges', reason: NO_SERVER },
  { case: 'frees the socket within 200 ms of an abort', reason: NO_SERVER },
]

async function startLlama(): Promise<ProviderHarness> {
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
      notSent: {
        messages: [user('Describe a person')],
        sampling: {},
        reasoning: { effort: 'low' },
        responseFormat: {
          type: 'json-schema',
          schema: { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] },
        },
        extra: { service_tier: 'flex' },
        fields: ['response_format.json_schema.schema.properties.age.minimum', 'reasoning_effort', 'service_tier'],
      },
      rawPrompt: 'Once upon a time',
    },
    stop: close,
  }
}

providerContract('llama', startLlama, SKIPS)
