import type { AppInfo, Status } from '#shared/app-info.ts'
import type { CatalogModel, GgufFile } from '#shared/models.ts'

const GB = 1e9
const GiB = 1024 ** 3

/** A machine without a graphics card. */
export function machine(patch: Partial<AppInfo['hardware']> = {}): AppInfo {
  return {
    version: '0.1.0',
    platform: 'linux x64',
    nodeVersion: 'v24.21.0',
    mode: 'headless',
    dataFolder: '/home/ada/.local/share/switchyard',
    gatewayUrl: 'http://127.0.0.1:4747',
    hardware: {
      cpu: 'AMD Ryzen 7 7840U',
      cores: 8,
      memoryBytes: 32 * GiB,
      gpus: [],
      checkedInMs: 412,
      ...patch,
    },
    startedAt: 1_795_000_000_000,
  }
}

export function someStatus(patch: Partial<Status['here']> = {}, rest: Partial<Omit<Status, 'here'>> = {}): Status {
  return {
    here: {
      modelName: null,
      state: 'idle',
      loadedModels: 0,
      availableModels: 5,
      memoryBytes: { ram: 0, vram: 0 },
      ...patch,
    },
    near: { connections: 0, down: 0 },
    away: { connections: 0, down: 0 },
    trouble: [],
    savedAt: Date.now() - 2000,
    storage: 'ok',
    ...rest,
  }
}

export function modelFile(
  id: string,
  patch: Partial<Omit<GgufFile, 'facts'>> & { facts?: Partial<GgufFile['facts']> } = {},
): GgufFile {
  const { facts, ...rest } = patch
  return {
    id,
    path: `/home/ada/models/${id}.gguf`,
    source: 'data',
    sizeBytes: 5.03 * GB,
    modifiedAt: Date.parse('2026-10-03T09:00:00Z'),
    state: 'ready',
    reason: null,
    refusal: null,
    facts: {
      architecture: 'qwen3',
      name: id,
      sizeLabel: '8B',
      parameterCount: 8_190_735_360,
      quantization: 'Q4_K_M',
      contextLength: 40_960,
      embeddingLength: 4096,
      blockCount: 36,
      headCount: 32,
      vocabularySize: 151_936,
      hasChatTemplate: true,
      isEmbedding: false,
      license: 'apache-2.0',
      ...facts,
    },
    capabilities: ['chat', 'completion', 'tools', 'reasoning', 'json-schema'],
    options: {},
    loaded: null,
    lastUsedAt: null,
    ...rest,
  }
}

/** The built-in demo. */
export function demoFile(patch: Partial<GgufFile> = {}): GgufFile {
  return {
    ...modelFile('demo', {
      source: 'built-in',
      sizeBytes: 3_412_000,
      facts: {
        architecture: 'llama',
        name: 'Switchyard demo',
        sizeLabel: '0.8M',
        parameterCount: 812_544,
        quantization: 'F32',
        contextLength: 4096,
        embeddingLength: 128,
        blockCount: 4,
        headCount: 4,
        vocabularySize: 4096,
        license: 'mit',
      },
    }),
    path: '/opt/switchyard/resources/demo.gguf',
    ...patch,
  }
}

/** A full shelf: loaded, idle, loading, checking, too large, embedding, offline and quarantined. */
export function fullShelf(now = Date.now()): GgufFile[] {
  const hour = 3_600_000
  return [
    modelFile('Qwen3-8B-Q4_K_M', {
      facts: { name: 'Qwen3 8B' },
      options: { contextSize: 16_384 },
      lastUsedAt: now - 60_000,
      loaded: {
        state: 'loaded',
        progress: 1,
        loadedAt: now - 8 * 60_000,
        expiresAt: now + 4 * 60_000 + 12_000,
        activeRequests: 0,
        queuedRequests: 0,
        contextSize: 16_384,
        sequences: 4,
        memory: { ram: 6.9 * GB, vram: 0 },
        gpuLayers: 0,
        options: { contextSize: 16_384 },
      },
    }),
    modelFile('gemma-3-4b-it-Q4_K_M', {
      facts: { name: 'Gemma 3 4B', architecture: 'gemma3', sizeLabel: '4B', contextLength: 131_072 },
      sizeBytes: 3.31 * GB,
      lastUsedAt: now - 2 * hour,
    }),
    modelFile('Llama-3.1-8B-Instruct-Q5_K_M', {
      facts: {
        name: 'Llama 3.1 8B Instruct',
        architecture: 'llama',
        quantization: 'Q5_K_M',
        contextLength: 131_072,
        license: 'llama3.1',
      },
      sizeBytes: 5.73 * GB,
      lastUsedAt: now - 26 * hour,
      source: 'environment',
    }),
    modelFile('gpt-oss-20b-MXFP4', {
      facts: {
        name: 'gpt-oss 20B',
        architecture: 'gpt-oss',
        sizeLabel: '20B',
        quantization: 'MXFP4',
        contextLength: 131_072,
      },
      sizeBytes: 13.8 * GB,
      lastUsedAt: now - 74 * hour,
      loaded: {
        state: 'loading',
        progress: 0.42,
        loadedAt: null,
        expiresAt: null,
        activeRequests: 0,
        queuedRequests: 1,
        contextSize: 8192,
        sequences: 4,
        memory: { ram: 0, vram: 0 },
        gpuLayers: 0,
        options: {},
      },
    }),
    modelFile('Qwen2.5-Coder-32B-Q6_K', {
      facts: {
        name: 'Qwen2.5 Coder 32B',
        architecture: 'qwen2',
        sizeLabel: '32B',
        quantization: 'Q6_K',
        contextLength: 32_768,
      },
      sizeBytes: 26.9 * GB,
      source: 'added',
      lastUsedAt: Date.parse('2026-11-09T10:00:00Z'),
    }),
    modelFile('Llama-3.3-70B-Instruct-Q4_K_M', {
      facts: { name: 'Llama 3.3 70B', architecture: 'llama', sizeLabel: '70B', contextLength: 131_072 },
      sizeBytes: 42.5 * GB,
      source: 'added',
    }),
    modelFile('nomic-embed-text-v1.5-F16', {
      facts: {
        name: 'nomic-embed-text v1.5',
        architecture: 'nomic-bert',
        sizeLabel: '137M',
        quantization: 'F16',
        contextLength: 2048,
        isEmbedding: true,
      },
      capabilities: ['embedding'],
      sizeBytes: 0.274 * GB,
      lastUsedAt: Date.parse('2026-11-18T10:00:00Z'),
    }),
    demoFile(),
    { ...modelFile('phi-4-Q4_K_M', { sizeBytes: 9.05 * GB }), state: 'checking', facts: null, capabilities: [] },
    modelFile('Mistral-Small-3.2-24B-Q4_K_M', {
      facts: { name: 'Mistral Small 3.2 24B' },
      path: '/media/nas/models/Mistral-Small-3.2-24B-Q4_K_M.gguf',
      state: 'offline',
      reason: 'The folder /media/nas/models does not answer since 09:12.',
      source: 'added',
      sizeBytes: 14.3 * GB,
    }),
    {
      ...modelFile('download-page', {
        path: '/home/ada/models/download-page.gguf',
        sizeBytes: 48_211,
        source: 'added',
      }),
      state: 'quarantined',
      refusal: 'web-page',
      facts: null,
      capabilities: [],
      reason:
        'This is not a GGUF file: it begins with “<!DOCTYPE html>”. It may be a web page that was saved instead of the model.',
    },
  ]
}

/** The catalog that goes with files. */
export function catalogOf(files: readonly GgufFile[]): CatalogModel[] {
  return files
    .filter((file) => file.state !== 'quarantined')
    .map((file) => ({
      id: file.id,
      name: file.id,
      place: 'here' as const,
      holders: [
        {
          connectionId: 'llama',
          connectionName: 'in-process',
          provider: 'llama' as const,
          upstreamModel: file.id,
          place: 'here' as const,
          reachable: true,
          knownAt: file.modifiedAt,
          loaded: file.loaded?.state === 'loaded',
          expiresAt: file.loaded?.expiresAt ?? null,
          sizeBytes: file.sizeBytes,
          quantization: file.facts?.quantization ?? null,
          contextLength: file.facts?.contextLength ?? null,
        },
      ],
      tags: [],
      connectionType: 'local' as const,
      ownedBy: null,
      expiresAt: file.loaded?.expiresAt ?? null,
      capabilities: file.capabilities,
      contextLength: file.facts?.contextLength ?? null,
      sizeBytes: file.sizeBytes,
      quantization: file.facts?.quantization ?? null,
      parameterSize: file.facts?.sizeLabel ?? null,
      family: file.facts?.architecture ?? null,
      digest: 'a'.repeat(64),
      modifiedAt: file.modifiedAt,
      loaded: file.loaded?.state === 'loaded',
      state:
        file.state === 'checking'
          ? ('checking' as const)
          : file.state === 'offline'
            ? ('unavailable' as const)
            : ('ready' as const),
      reason: file.reason,
      isDemo: file.source === 'built-in',
    }))
}
