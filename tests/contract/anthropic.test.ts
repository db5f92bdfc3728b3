import { createUpstream } from '../../src/main/engine/http/create-upstream.ts'
import { createAnthropicAdapter } from '../../src/main/engine/providers/anthropic/anthropic-adapter.ts'
import type { ChatMessage } from '../../src/main/engine/spec/chat-request.ts'
import { connectionConfigSchema } from '../../src/shared/connections.ts'
import { createTestLog } from '../support/test-log.ts'
import { HALF_CHARACTERS } from '../support/upstreams/anthropic-answers.ts'
import { startAnthropicUpstream } from '../support/upstreams/anthropic-upstream.ts'
import { providerContract } from './provider-contract.ts'

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

const PIXEL = {
  mediaType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
}

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const asksForWeather = user('What is the weather in Paris?')

providerContract('anthropic', async () => {
  const claude = await startAnthropicUpstream({ behaviour: { key: 'sk-ant-test' } })
  const upstream = createUpstream({
    config: connectionConfigSchema.parse({ provider: 'anthropic', baseUrl: claude.url }),
    title: 'Claude',
    secrets: { keys: ['sk-ant-test'], headers: {} },
    log: createTestLog(),
  })
  return {
    adapter: createAnthropicAdapter(upstream),
    openRequests: claude.openRequests,
    chatModel: 'claude-opus-4-6',
    embeddingModel: 'none',
    questions: {
      text: { messages: [user('Tell me a joke')], sampling: { temperature: 0 } },
      long: { messages: [user('Tell a #long story')], sampling: { temperature: 0 } },
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
      reasoning: {
        messages: [user('Why is the sky blue?')],
        sampling: {},
        reasoning: { enabled: true, effort: 'low' },
      },
      rawPrompt: 'Once upon a time',
      image: { messages: [{ role: 'user', content: [{ type: 'image', ...PIXEL }] }], sampling: {}, answer: '70 bytes' },
      parallelTools: {
        messages: [user('What is the weather and the time in Paris?')],
        tools: [WEATHER, { ...WEATHER, name: 'get_time' }],
        sampling: {},
        toolNames: ['get_weather', 'get_time'],
      },
      failing: { messages: [user('#500')], sampling: {}, reason: 'Internal server error' },
      rateLimited: { messages: [user('#429')], sampling: {} },
      cutOffs: ['#cut', '#no-stop', '#half-event'].map((how) => ({ messages: [user(how)], sampling: {} })),
      notSent: {
        messages: [user('Tell me a joke')],
        sampling: { temperature: 1.5, seed: 1, minP: 0.1, frequencyPenalty: 1, logitBias: { '5': 1 }, stop: ['\n'] },
        extra: { service_tier: 'flex' },
        fields: [
          'temperature (limited to 1)',
          'seed',
          'min_p',
          'frequency_penalty',
          'logit_bias',
          'stop',
          'service_tier',
        ],
      },
      halfCharacters: { messages: [user('#half')], sampling: {}, text: HALF_CHARACTERS },
      silent: { messages: [user('#silent')], sampling: {} },
    },
    async stop() {
      await upstream.close()
      await claude.stop()
    },
  }
}, [
  { case: 'completes raw text', reason: "Anthropic's API has no raw completions" },
  { case: 'embeds in order', reason: "Anthropic's API has no embeddings" },
  { case: 'embeds one and many', reason: "Anthropic's API has no embeddings" },
  { case: 'refuses images', reason: 'every Claude model sees images' },
])
