import { connectOpenAi } from '../support/upstreams/connect-openai.ts'
import { asking, openAiQuestions } from './openai-questions.ts'
import { providerContract } from './provider-contract.ts'

providerContract('openai responses', async () => {
  const { adapter, server, close } = await connectOpenAi(
    { flavour: 'openai', behaviour: { chunkBytes: 7 } },
    { apiType: 'responses' },
  )
  return {
    adapter,
    chatModel: 'o3-mini',
    embeddingModel: 'text-embedding-3-small',
    openRequests: server.openRequests,
    questions: openAiQuestions({
      ...asking('Tell me a joke'),
      sampling: { seed: 7, stop: ['never'], maxTokens: 5, logitBias: { '1': 1 } },
      fields: ['seed', 'stop', 'max_tokens', 'logit_bias'],
    }),
    stop: close,
  }
}, [
  {
    case: 'refuses images',
    reason: 'which models see is told by the server, not by the adapter; see "sees an image"',
  },
  { case: 'ends with length', reason: 'the API takes no cap below 16 tokens; shown with 16 in the unit tests' },
  { case: 'stops at a stop string', reason: 'the API has no stop texts; that is said to the caller' },
  { case: 'completes raw text', reason: 'the model only chats' },
])
