import type { ConnectionInput } from '../../../src/shared/connections.ts'

import { scriptedClaude, startAnthropicUpstream } from '../upstreams/anthropic-upstream.ts'
import { startOllamaUpstream } from '../upstreams/ollama-upstream.ts'
import { scriptedOpenAiModel } from '../upstreams/openai-answers.ts'
import { startOpenAiUpstream } from '../upstreams/openai-upstream.ts'

/** One upstream of the matrix: how Switchyard reaches it, and the models that show each feature. */
export interface MatrixUpstream {
  connection: ConnectionInput | null
  chat: string
  reasoning: string
  /** Null: this kind of upstream has none. */
  embedding: string | null
  stop(): Promise<void>
}

export const UPSTREAMS = ['ollama', 'openai', 'azure', 'anthropic', 'llama'] as const
export type UpstreamName = (typeof UPSTREAMS)[number]

const KEY = 'sk-matrix-0123456789abcdef'

/** Starts every upstream: scripted servers with recorded true shapes, and for llama the real runtime. */
export async function startMatrixUpstreams(): Promise<Record<UpstreamName, MatrixUpstream>> {
  const ollama = await startOllamaUpstream()
  const openAi = await startOpenAiUpstream({
    flavour: 'vllm',
    models: [
      scriptedOpenAiModel('plain-vl'),
      scriptedOpenAiModel('thinker', { reasons: true }),
      scriptedOpenAiModel('bge-m3-embed', { kind: 'embedding' }),
    ],
    behaviour: { key: KEY },
  })
  const azure = await startOpenAiUpstream({ flavour: 'azure', behaviour: { key: KEY } })
  const anthropic = await startAnthropicUpstream({
    models: [scriptedClaude('claude-opus-4-6')],
    behaviour: { key: KEY },
  })
  const keys = [{ value: KEY }]
  return {
    ollama: {
      connection: { provider: 'ollama', baseUrl: ollama.url, prefixId: 'ollama' },
      chat: 'ollama.llama3.1:8b',
      reasoning: 'ollama.llama3.1:8b',
      embedding: 'ollama.all-minilm',
      stop: () => ollama.stop(),
    },
    openai: {
      connection: { provider: 'openai', baseUrl: openAi.baseUrl, prefixId: 'openai', keys },
      chat: 'openai.plain-vl',
      reasoning: 'openai.thinker',
      embedding: 'openai.bge-m3-embed',
      stop: () => openAi.stop(),
    },
    azure: {
      connection: {
        provider: 'azure',
        baseUrl: azure.baseUrl,
        prefixId: 'azure',
        modelIds: ['gpt-4o', 'o3-mini', 'text-embedding-3-small'],
        keys,
      },
      chat: 'azure.gpt-4o',
      reasoning: 'azure.o3-mini',
      embedding: 'azure.text-embedding-3-small',
      stop: () => azure.stop(),
    },
    anthropic: {
      connection: { provider: 'anthropic', baseUrl: anthropic.url, prefixId: 'anthropic', keys },
      chat: 'anthropic.claude-opus-4-6',
      reasoning: 'anthropic.claude-opus-4-6',
      embedding: null,
      stop: () => anthropic.stop(),
    },
    llama: { connection: null, chat: 'demo', reasoning: 'demo', embedding: 'demo', stop: async () => {} },
  }
}
