import type { CatalogModel } from '#shared/models.ts'
import type { Place, ProviderKind } from '#shared/place.ts'

export type Holder = CatalogModel['holders'][number]

/** A connection's part of a model. */
export function holder(connectionName: string, place: Place, patch: Partial<Holder> = {}): Holder {
  const provider: ProviderKind = place === 'here' ? 'llama' : place === 'near' ? 'ollama' : 'openai'
  return {
    connectionId: connectionName.toLowerCase(),
    connectionName,
    provider,
    upstreamModel: 'model',
    place,
    reachable: true,
    knownAt: Date.now() - 5000,
    loaded: false,
    expiresAt: null,
    sizeBytes: null,
    quantization: null,
    contextLength: null,
    ...patch,
  }
}

/** A model of the catalog that is held somewhere. */
export function catalogModel(id: string, holders: readonly Holder[], patch: Partial<CatalogModel> = {}): CatalogModel {
  return {
    id,
    name: id,
    place: holders[0]?.place ?? 'here',
    holders: [...holders],
    tags: [],
    connectionType: 'local',
    ownedBy: null,
    capabilities: ['chat', 'completion'],
    contextLength: null,
    sizeBytes: null,
    quantization: null,
    parameterSize: null,
    family: null,
    digest: 'b'.repeat(64),
    modifiedAt: 1_790_000_000_000,
    loaded: false,
    expiresAt: null,
    state: 'ready',
    reason: null,
    isDemo: false,
    ...patch,
  }
}

/** Models in all three places: held by one and by several, loaded, seeing, thinking, embedding, out of reach. */
export function threePlaces(now = Date.now()): CatalogModel[] {
  const here = holder('in-process', 'here')
  const attic = holder('attic', 'near')
  const studio = holder('Mac Studio', 'near')
  const router = holder('OpenRouter', 'away')
  const openai = holder('OpenAI', 'away')
  const nas = holder('nas', 'near', { reachable: false, knownAt: now - 47 * 60_000 })
  return [
    catalogModel('Qwen3-8B-Q4_K_M', [here], {
      name: 'Qwen3 8B',
      capabilities: ['chat', 'completion', 'tools', 'reasoning', 'json-schema'],
      contextLength: 40_960,
      sizeBytes: 5.03e9,
      quantization: 'Q4_K_M',
      loaded: true,
      expiresAt: now + 4 * 60_000,
    }),
    catalogModel('demo', [here], {
      name: 'demo',
      sizeBytes: 3_412_000,
      contextLength: 4096,
      quantization: 'F32',
      isDemo: true,
    }),
    catalogModel('gemma3:12b', [attic, studio], {
      tags: ['family'],
      capabilities: ['chat', 'completion', 'vision'],
      contextLength: 131_072,
      sizeBytes: 8.15e9,
      quantization: 'Q4_K_M',
      loaded: true,
      expiresAt: now + 42_000,
    }),
    catalogModel('gpt-oss:20b', [attic, studio, router], {
      capabilities: ['chat', 'completion', 'tools', 'reasoning'],
      contextLength: 131_072,
      sizeBytes: 13.8e9,
      quantization: 'MXFP4',
      loaded: true,
    }),
    catalogModel('all-minilm:latest', [attic], { capabilities: ['embedding'], sizeBytes: 45_960_996 }),
    catalogModel('gpt-5-mini', [openai, router], {
      name: 'GPT-5 mini',
      capabilities: ['chat', 'completion', 'tools', 'vision', 'reasoning', 'json-schema'],
      contextLength: 400_000,
    }),
    catalogModel('anthropic/claude-sonnet-4.5', [router], {
      name: 'Claude Sonnet 4.5',
      capabilities: ['chat', 'completion', 'tools', 'vision', 'reasoning'],
      contextLength: 1_000_000,
    }),
    catalogModel('llama3.3:70b', [nas], {
      contextLength: 131_072,
      sizeBytes: 42.5e9,
      quantization: 'Q4_K_M',
      state: 'unreachable',
      reason: 'nas does not answer: the connection was refused.',
    }),
    catalogModel('phi-4-Q4_K_M', [here], { name: 'phi-4', state: 'checking' }),
  ]
}

/** Many models of one connection, as an aggregator offers them. */
export function manyModels(count: number): CatalogModel[] {
  const makers = ['meta', 'qwen', 'mistralai', 'google', 'deepseek', 'nvidia', 'cohere']
  return Array.from({ length: count }, (_, index) => {
    const id = `${makers[index % makers.length] ?? ''}/model-${String(index).padStart(3, '0')}`
    return catalogModel(id, [holder('OpenRouter', 'away')], {
      connectionType: 'external',
      contextLength: 128_000,
      capabilities: index % 3 === 0 ? ['chat', 'vision'] : ['chat', 'tools'],
    })
  })
}
