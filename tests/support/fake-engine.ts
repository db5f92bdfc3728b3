import type { Access } from '../../src/main/engine/spec/access.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from '../../src/main/engine/spec/chat-request.ts'
import type { Caller, Catalog, Engine, RouteRecord } from '../../src/main/engine/spec/engine.ts'
import { EngineError } from '../../src/main/engine/spec/engine-error.ts'
import type { ListedModel, Presets } from '../../src/main/engine/spec/presets.ts'
import { isAdmin, type Principal } from '../../src/main/engine/spec/principal.ts'
import type { Sharing } from '../../src/main/engine/spec/sharing.ts'
import type { EmbeddingResult, StreamPart } from '../../src/main/engine/spec/stream-part.ts'
import type { CatalogModel, GgufFile, LoadOptions } from '../../src/shared/models.ts'
import { settingsSchema } from '../../src/shared/settings.ts'
import { createFakeTeam, type FakeTeam } from './fake-team.ts'
import { plainResolver } from './test-access.ts'
import { createTestLog, type LogLine } from './test-log.ts'

/** One request as it reached the fake pipeline. */
export interface FakeCall {
  kind: 'chat' | 'completion' | 'embedding'
  request: ChatRequest | CompletionRequest | EmbeddingRequest
  caller: Caller
  signal: AbortSignal
}

/** What the fake pipeline says to a call. */
export type Script = (call: FakeCall) => AsyncIterable<StreamPart>

export interface FakeEngine extends Engine {
  readonly calls: FakeCall[]
  readonly loads: { id: string; options: LoadOptions | undefined }[]
  readonly unloads: string[]
  readonly models: CatalogModel[]
  readonly files: GgufFile[]
  readonly logLines: LogLine[]
  readonly gatewayUrls: (string | null)[]
  allowedOrigins: string[]
  /** Who may come in, and with what. Without entries it is a computer of one's own. */
  readonly people: FakeTeam
  script: Script
  embedding: (call: FakeCall) => Promise<EmbeddingResult>
}

export const FAKE_USAGE: StreamPart = {
  type: 'usage',
  usage: { promptTokens: 7, cachedPromptTokens: 3, completionTokens: 2, reasoningTokens: 1 },
  timings: { queueMs: 1, loadMs: 2, promptMs: 3, generateMs: 4, contextSize: 4096 },
}

/** A script of fixed parts; adds nothing. */
export function says(...parts: StreamPart[]): Script {
  return async function* () {
    yield* parts
  }
}

/** A script that says these texts and stops. */
export function saysText(...texts: string[]): Script {
  return says(...texts.map((text): StreamPart => ({ type: 'text-delta', text })), FAKE_USAGE, {
    type: 'finish',
    reason: 'stop',
  })
}

/** Rejects with `aborted` once the signal aborts, as a pipeline does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new EngineError('aborted', 'The request was cancelled.'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

export function fakeModel(id: string, patch: Partial<CatalogModel> = {}): CatalogModel {
  return {
    id,
    name: id,
    place: 'here',
    holders: [
      {
        connectionId: 'here',
        connectionName: 'This machine',
        provider: 'llama',
        upstreamModel: id,
        place: 'here',
        reachable: true,
        knownAt: 0,
        loaded: false,
        expiresAt: null,
        sizeBytes: 1234,
        quantization: 'F16',
        contextLength: 4096,
      },
    ],
    tags: [],
    connectionType: 'local',
    ownedBy: null,
    expiresAt: null,
    capabilities: ['chat', 'completion', 'tools', 'json-schema'],
    contextLength: 4096,
    sizeBytes: 1234,
    quantization: 'F16',
    parameterSize: '1M',
    family: 'llama',
    digest: 'ab'.repeat(32),
    modifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    loaded: false,
    state: 'ready',
    reason: null,
    isDemo: true,
    ...patch,
  }
}

export function fakeFile(id: string, patch: Partial<GgufFile> = {}): GgufFile {
  return {
    id,
    path: `/models/${id}.gguf`,
    source: 'data',
    sizeBytes: 1234,
    modifiedAt: 0,
    state: 'ready',
    reason: null,
    refusal: null,
    facts: null,
    capabilities: ['chat'],
    options: {},
    loaded: null,
    lastUsedAt: null,
    ...patch,
  }
}

function unknownModel(id: string): EngineError {
  return new EngineError('model_not_found', `Nobody here has the model ${id}.`)
}

/** An engine whose pipeline follows a script. Parts that the gateway has no business with are absent and throw. */
export function createFakeEngine(dataFolder = '/nonexistent'): FakeEngine {
  const log = createTestLog()
  const models = [fakeModel('demo'), fakeModel('embedder', { capabilities: ['embedding'] })]
  const files: GgufFile[] = []
  const settings = settingsSchema.parse({})
  const people = createFakeTeam()
  /** Tests may give it another. */
  const catalogNow = (): Catalog => fake.catalog as unknown as Catalog
  const mayUse = (principal: Principal, id: string): boolean => {
    const found = catalogNow().find(id)
    return found !== null && people.maySee(principal, found.id)
  }

  function route(model: string): RouteRecord {
    const found = find(model)
    if (found === null) throw unknownModel(model)
    return {
      requestId: 'route-1',
      modelId: found.id,
      modelName: found.name,
      place: 'here',
      connectionId: 'here',
      connectionName: 'This machine',
      upstreamModel: found.id,
      reasons: ['The only holder.'],
    }
  }
  function find(id: string): CatalogModel | null {
    return models.find((model) => model.id === id || `${model.id}:latest` === id) ?? null
  }

  const fake = {
    calls: [] as FakeCall[],
    loads: [] as FakeEngine['loads'],
    unloads: [] as string[],
    models,
    files,
    logLines: log.lines,
    gatewayUrls: [] as (string | null)[],
    allowedOrigins: [] as string[],
    people,
    team: people.team,
    access: {
      mayUse,
      maySee: isAdmin,
      mayWrite: isAdmin,
      mayRunAway: () => true,
      requireModel(principal: Principal, id: string) {
        if (!mayUse(principal, id)) throw unknownModel(id)
      },
      onChange: () => () => {},
    } satisfies Access,
    resolver: plainResolver({ find: (id) => catalogNow().find(id) }),
    presets: {
      find: () => null,
      listed: (principal: Principal): ListedModel[] =>
        fake.catalog
          .list()
          .flatMap((base) =>
            mayUse(principal, base.id) ? [{ id: base.id, name: base.name, base, record: null, isPreset: false }] : [],
          ),
      defaults: () => ({
        params: {},
        meta: {},
        fallbackModelId: null,
        defaultModels: [],
        pinnedModels: [],
        order: [],
      }),
    } satisfies Pick<Presets, 'find' | 'listed' | 'defaults'>,
    sharing: {
      async update() {
        throw new EngineError('unsupported', 'This engine cannot share.')
      },
      async attach() {},
      guestsMaySpend: () => false,
      lookForOthers: () => {},
      onChange: () => () => {},
      async close() {},
    } satisfies Omit<Sharing, 'state'>,
    script: saysText('Hello', ' there'),
    embedding: async (call: FakeCall): Promise<EmbeddingResult> => ({
      embeddings: (call.request as EmbeddingRequest).inputs.map(
        (_text, index) => new Float32Array([0.5, -0.25, index]),
      ),
      promptTokens: 5,
      loadMs: 1,
      totalMs: 2,
    }),
    dataFolder,
    log,
    settings: { get: () => ({ ...settings, allowedOrigins: fake.allowedOrigins }) },
    catalog: {
      list: () => models,
      find,
      findAfterLook: async (id: string) => find(id),
      snapshot: () => null,
      refresh: async () => {},
      firstLooks: async () => {},
      onChange: () => () => {},
    },
    pipeline: {
      passThrough: () => null,
      async chat(request: ChatRequest, caller: Caller, signal: AbortSignal) {
        const call: FakeCall = { kind: 'chat', request, caller, signal }
        fake.access.requireModel(caller.principal, request.model)
        fake.calls.push(call)
        return { route: route(request.model), parts: fake.script(call) }
      },
      async complete(request: CompletionRequest, caller: Caller, signal: AbortSignal) {
        const call: FakeCall = { kind: 'completion', request, caller, signal }
        fake.access.requireModel(caller.principal, request.model)
        fake.calls.push(call)
        return { route: route(request.model), parts: fake.script(call) }
      },
      async embed(request: EmbeddingRequest, caller: Caller, signal: AbortSignal) {
        const call: FakeCall = { kind: 'embedding', request, caller, signal }
        fake.access.requireModel(caller.principal, request.model)
        fake.calls.push(call)
        return { route: route(request.model), result: await fake.embedding(call) }
      },
    },
    connections: { family: () => [], familyEnabled: () => true, get: () => null, list: () => [] },
    connectionSet: { all: () => [], find: () => null, onChange: () => () => {} },
    runtime: {
      warmSoon() {},
      files: () => files,
      async details(id: string) {
        const file = files.find((one) => one.id === id)
        if (file === undefined) throw new EngineError('model_not_found', `No file ${id}.`)
        return {
          file,
          template: '{{ messages }}',
          metadata: { 'general.architecture': 'llama', 'llama.context_length': 4096, 'tokenizer.ggml.tokens': 300 },
          tensorCount: 12,
        }
      },
      async load(id: string, options?: LoadOptions) {
        fake.loads.push({ id, options })
      },
      async unload(id: string) {
        fake.unloads.push(id)
      },
    },
    info: async () => ({ version: '9.9.9' }),
    setGatewayUrl: (url: string | null) => {
      fake.gatewayUrls.push(url)
    },
  }
  return fake as unknown as FakeEngine
}
