import { createOllamaAdapter } from '../../src/main/engine/providers/ollama/ollama-adapter.ts'
import type { ChatMessage } from '../../src/main/engine/spec/chat-request.ts'
import { HALF_CHARACTERS } from '../support/upstreams/ollama-answers.ts'
import { startOllamaUpstream } from '../support/upstreams/ollama-upstream.ts'
import { upstreamTo } from '../support/upstreams/upstream-to.ts'
import { type ContractSkip, type ProviderHarness, providerContract, type Question } from './provider-contract.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const TIME = { name: 'get_time', description: 'The time in a city', parameters: WEATHER.parameters }

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** A question whose words tell the scripted server what to do. */
function ask(text: string): Question {
  return { messages: [user(text)], sampling: {} }
}

const asksForWeather = user('What is the weather in Paris?')

const SKIPS: ContractSkip[] = [
  { case: 'refuses images', reason: 'it takes them; links to images are refused in tests/unit/providers/ollama' },
]

async function startOllama(): Promise<ProviderHarness> {
  const server = await startOllamaUpstream()
  const upstream = upstreamTo('ollama', server.url)
  const quiet = { ...ask('Tell me a joke'), reasoning: { enabled: false } }
  return {
    adapter: createOllamaAdapter(upstream),
    chatModel: 'llama3.1:8b',
    embeddingModel: 'all-minilm:latest',
    openRequests: () => server.openRequests(),
    questions: {
      text: quiet,
      long: ask('#long'),
      stopAt: 'cross',
      tool: { messages: [asksForWeather], tools: [WEATHER], sampling: {}, toolName: 'get_weather' },
      toolResult: {
        messages: [
          asksForWeather,
          {
            role: 'assistant',
            content: '',
            toolCalls: [{ id: 'c1', name: 'get_weather', arguments: '{"city":"Paris"}' }],
          },
          { role: 'tool', toolCallId: 'c1', content: '{"temperature":21}' },
        ],
        tools: [WEATHER],
        sampling: {},
      },
      jsonSchema: {
        ...ask('Describe a person'),
        responseFormat: {
          type: 'json-schema',
          schema: { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } } },
        },
      },
      reasoning: { ...ask('Tell me a joke'), reasoning: { effort: 'low' } },
      rawPrompt: 'Once upon a time',
      image: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', mediaType: 'image/png', data: PNG },
            ],
          },
        ],
        sampling: {},
        answer: `of ${Buffer.from(PNG, 'base64').length} bytes`,
      },
      parallelTools: { ...ask('#tools'), tools: [WEATHER, TIME], toolNames: ['get_weather', 'get_time'] },
      failing: { ...ask('#500'), reason: 'llama runner process has terminated' },
      rateLimited: ask('#429'),
      cutOffs: [ask('#cut'), ask('#no-done')],
      notSent: {
        ...ask('Tell me a joke'),
        sampling: { logitBias: { '42': 3 } },
        toolChoice: 'required',
        tools: [TIME],
        parallelToolCalls: false,
        user: 'u1',
        extra: { service_tier: 'flex', num_ctx: 2048 },
        fields: ['logit_bias', 'tool_choice', 'parallel_tool_calls', 'user', 'service_tier'],
      },
      halfCharacters: { ...ask('#half'), text: HALF_CHARACTERS },
      silent: ask('#silent'),
    },
    async stop() {
      await upstream.close()
      await server.stop()
    },
  }
}

providerContract('ollama', startOllama, SKIPS)
