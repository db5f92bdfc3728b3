import { connectOpenAi } from '../support/upstreams/connect-openai.ts'
import type { OpenAiUpstream } from '../support/upstreams/openai-upstream.ts'
import { asking, openAiQuestions } from './openai-questions.ts'
import { type ContractSkip, type ProviderHarness, providerContract } from './provider-contract.ts'

const SKIPS: ContractSkip[] = [
  {
    case: 'refuses images',
    reason: 'which models see is told by the server, not by the adapter; see "sees an image"',
  },
  { case: 'reasons aloud', reason: "OpenAI's models keep their thoughts to themselves over chat completions" },
  { case: 'completes raw text', reason: 'the deployments only chat; that it is refused clearly is in the unit tests' },
]

async function start(baseUrl: (server: OpenAiUpstream) => string): Promise<ProviderHarness> {
  const { adapter, server, close } = await connectOpenAi(
    { flavour: 'azure', behaviour: { chunkBytes: 7, key: 'sk-scripted' } },
    (listening) => ({ baseUrl: baseUrl(listening), modelIds: ['gpt-4o', 'text-embedding-3-small'] }),
  )
  return {
    adapter,
    chatModel: 'gpt-4o',
    embeddingModel: 'text-embedding-3-small',
    openRequests: server.openRequests,
    questions: openAiQuestions({
      ...asking('Tell me a joke'),
      sampling: { topK: 40, minP: 0.1, stop: ['a!', 'b!', 'c!', 'd!', 'e!'] },
      fields: ['top_k', 'min_p', 'stop[4..]'],
    }),
    stop: close,
  }
}

providerContract('azure, classic deployments', () => start((server) => server.baseUrl), SKIPS)
providerContract('azure, v1', () => start((server) => server.azureV1Url), SKIPS)
