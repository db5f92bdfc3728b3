import { connectOpenAi } from '../support/upstreams/connect-openai.ts'
import { asking, openAiQuestions } from './openai-questions.ts'
import { providerContract } from './provider-contract.ts'

providerContract('localai', async () => {
  const { adapter, server, close } = await connectOpenAi({ flavour: 'localai', behaviour: { chunkBytes: 7 } })
  return {
    adapter,
    chatModel: 'qwen3-vl',
    embeddingModel: 'bert-embeddings',
    openRequests: server.openRequests,
    questions: openAiQuestions({
      ...asking('Tell me a joke'),
      sampling: { topK: 40, repeatLastN: 64 },
      runtime: { contextSize: 4096, options: { mirostat: 2 } },
      fields: ['repeat_last_n', 'num_ctx'],
    }),
    stop: close,
  }
}, [
  {
    case: 'refuses images',
    reason: 'which models see is told by the server, not by the adapter; see "sees an image"',
  },
])
