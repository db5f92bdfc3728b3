import { connectOpenAi } from '../support/upstreams/connect-openai.ts'
import type { OpenAiFlavour } from '../support/upstreams/openai-answers.ts'
import { asking, openAiQuestions } from './openai-questions.ts'
import { type ContractSkip, type ProviderHarness, providerContract } from './provider-contract.ts'

const SEES_IMAGES: ContractSkip = {
  case: 'refuses images',
  reason: 'which models see is told by the server, not by the adapter; see "sees an image"',
}

async function start(
  flavour: OpenAiFlavour,
  [chatModel, embeddingModel]: [string, string],
  notSent: ProviderHarness['questions']['notSent'],
): Promise<ProviderHarness> {
  const { adapter, server, close } = await connectOpenAi({ flavour, behaviour: { chunkBytes: 7 } })
  // The list tells whose server it is.
  await adapter.listModels()
  return {
    adapter,
    chatModel,
    embeddingModel,
    openRequests: server.openRequests,
    questions: openAiQuestions(notSent ?? { ...asking('Tell me a joke'), fields: [] }),
    stop: close,
  }
}

providerContract(
  'a server that nobody knows',
  () =>
    start('compatible', ['some-model', 'some-embedder'], {
      ...asking('Tell me a joke'),
      runtime: { contextSize: 4096, gpuLayers: 10, keepAliveSeconds: 60, options: { mirostat: 2 } },
      fields: ['num_ctx', 'num_gpu', 'mirostat'],
    }),
  [SEES_IMAGES],
)

providerContract(
  'api.openai.com',
  () =>
    start('openai', ['gpt-4o', 'text-embedding-3-small'], {
      ...asking('Tell me a joke'),
      sampling: { topK: 40, minP: 0.1, repeatPenalty: 1.1, stop: ['a!', 'b!', 'c!', 'd!', 'e!'] },
      runtime: { contextSize: 4096, keepAliveSeconds: 60 },
      fields: ['top_k', 'min_p', 'repeat_penalty', 'stop[4..]', 'num_ctx'],
    }),
  [
    SEES_IMAGES,
    { case: 'reasons aloud', reason: 'its models keep their thoughts to themselves over chat completions' },
    { case: 'completes raw text', reason: 'the model only chats; instruct models are in the unit tests' },
  ],
)

providerContract(
  'vllm',
  () =>
    start('vllm', ['Qwen/Qwen3-8B', 'BAAI/bge-m3'], {
      ...asking('Tell me a joke'),
      sampling: { topK: 40, repeatLastN: 64 },
      fields: ['repeat_last_n'],
    }),
  [SEES_IMAGES],
)

providerContract(
  'llama-server',
  () =>
    start('llama-server', ['gpt-oss-20b', 'nomic-embed-text'], {
      ...asking('Tell me a joke'),
      sampling: { topK: 40, repeatLastN: 64 },
      runtime: { threads: 4, options: { mirostat: 2 } },
      fields: ['num_thread'],
    }),
  [SEES_IMAGES, { case: 'refuses an unknown model', reason: 'it has one model and answers to every name' }],
)
