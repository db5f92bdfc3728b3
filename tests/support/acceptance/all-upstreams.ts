import type { ConnectionInput } from '../../../src/shared/connections.ts'
import type { ContractClient } from '../contract-client.ts'
import { until } from '../until.ts'
import { scriptedClaude, startAnthropicUpstream } from '../upstreams/anthropic-upstream.ts'
import { scriptedModel } from '../upstreams/ollama-answers.ts'
import { startOllamaUpstream } from '../upstreams/ollama-upstream.ts'
import { scriptedOpenAiModel } from '../upstreams/openai-answers.ts'
import { startOpenAiUpstream } from '../upstreams/openai-upstream.ts'

export const UPSTREAM_KINDS = ['ollama', 'openai', 'responses', 'azure', 'anthropic'] as const
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number]

/** A scripted upstream of one kind, whatever its own API. */
export interface AnyUpstream {
  /** Id of a chat model in the catalog. */
  model: string
  connection: ConnectionInput
  behaviour: { silent: boolean }
  openRequests(): number
  openSockets(): number
  stop(): Promise<void>
}

const KEY = 'sk-acceptance-0123456789abcdef'
const NEVER = 3_600

/** One scripted upstream per kind, looked at once and not again. */
export async function startAllUpstreams(): Promise<Record<UpstreamKind, AnyUpstream>> {
  const chat = [scriptedOpenAiModel('some-chat')]
  const ollama = await startOllamaUpstream({
    models: [scriptedModel('some-chat', { capabilities: ['completion', 'tools'] })],
  })
  const openAi = await startOpenAiUpstream({ flavour: 'compatible', models: chat, behaviour: { key: KEY } })
  const responses = await startOpenAiUpstream({ flavour: 'compatible', models: chat, behaviour: { key: KEY } })
  const azure = await startOpenAiUpstream({ flavour: 'azure', models: chat, behaviour: { key: KEY } })
  const anthropic = await startAnthropicUpstream({ models: [scriptedClaude('some-chat')], behaviour: { key: KEY } })
  const common = { keys: [{ value: KEY }], probeSeconds: NEVER }
  const of = (
    upstream: Pick<AnyUpstream, 'behaviour' | 'openRequests' | 'openSockets' | 'stop'>,
    connection: ConnectionInput & { prefixId: string },
  ): AnyUpstream => ({
    model: `${connection.prefixId}.some-chat`,
    connection: { ...connection, ...(connection.provider === 'ollama' ? { probeSeconds: NEVER } : common) },
    behaviour: upstream.behaviour,
    openRequests: () => upstream.openRequests(),
    openSockets: () => upstream.openSockets(),
    stop: () => upstream.stop(),
  })
  return {
    ollama: of(ollama, { provider: 'ollama', baseUrl: ollama.url, prefixId: 'ollama' }),
    openai: of(openAi, { provider: 'openai', baseUrl: openAi.baseUrl, prefixId: 'openai' }),
    responses: of(responses, {
      provider: 'openai',
      baseUrl: responses.baseUrl,
      prefixId: 'responses',
      apiType: 'responses',
    }),
    azure: of(azure, { provider: 'azure', baseUrl: azure.baseUrl, prefixId: 'azure', modelIds: ['some-chat'] }),
    anthropic: of(anthropic, { provider: 'anthropic', baseUrl: anthropic.url, prefixId: 'anthropic' }),
  }
}

/** Connects them all and waits until each is known. */
export async function connectAll(
  client: ContractClient,
  upstreams: Record<UpstreamKind, AnyUpstream>,
): Promise<Record<UpstreamKind, string>> {
  const ids: Partial<Record<UpstreamKind, string>> = {}
  for (const kind of UPSTREAM_KINDS) ids[kind] = (await client.connections.create(upstreams[kind].connection)).id
  await until('every upstream lists its model', async () => {
    const known = new Set((await client.models.catalog()).map(({ id }) => id))
    return UPSTREAM_KINDS.every(
      (kind) => known.has(upstreams[kind].model) || known.has(`${upstreams[kind].model}:latest`),
    )
      ? true
      : null
  })
  return ids as Record<UpstreamKind, string>
}
