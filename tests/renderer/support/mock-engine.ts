import { ORPCError } from '@orpc/client'
import type { AppInfo, Status, UiEvent } from '#shared/app-info.ts'
import type { Conversation } from '#shared/chats.ts'
import type { ConnectionView } from '#shared/connections.ts'
import type { PublicError } from '#shared/errors.ts'
import type { Job, OllamaModel } from '#shared/jobs.ts'
import type { AddFilesResult, CatalogModel, GgufFile, LoadOptions } from '#shared/models.ts'
import { type Settings, type SettingsPatch, settingsSchema } from '#shared/settings.ts'
import type { Link } from '../../../src/renderer/bridge/client.ts'
import { builtInConnection } from './connection-samples.ts'
import { serveConnections } from './mock-connections.ts'
import { serveOllama } from './mock-ollama.ts'
import { serveTeam, type TeamHolder } from './mock-team.ts'
import { catalogOf, machine, someStatus } from './samples.ts'
import { owner, sessionOf, sharingOff, teamSettings } from './team-samples.ts'

/** What the engine of a test knows; every field may be changed while it runs. */
export interface MockState extends TeamHolder {
  files: GgufFile[]
  catalog: CatalogModel[] | null
  info: AppInfo
  status: Status
  settings: Settings
  environment: Record<string, string>
  conversations: Conversation[]
  connections: ConnectionView[]
  /** What every Ollama server has. */
  ollamaModels: OllamaModel[]
  jobs: Job[]
  added: AddFilesResult
}

export interface Call {
  path: string
  input: unknown
}

type Handler = (input: never, signal: AbortSignal | undefined) => unknown

export interface MockEngine {
  state: MockState
  link: Link
  /** All calls so far, oldest first. */
  calls: Call[]
  /** Inputs of the calls to one procedure. */
  inputs(path: string): unknown[]
  /** Replaces or adds a procedure. */
  on(path: string, handler: Handler): void
  /** The procedure as it is now, for a test that adds to it. */
  handler(path: string): Handler
  /** Makes a procedure fail with an engine error, until taken back with `null`. */
  fail(path: string, error: PublicError | null): void
  /** Sends an event to the windows that listen. */
  emit(event: UiEvent): void
  /** Ends all event streams, as a dying engine does. */
  drop(): void
}

/** An engine in memory behind the real oRPC client: the renderer's bridge cannot tell it from the real one. */
export function createMockEngine(initial: Partial<MockState> = {}): MockEngine {
  const state: MockState = {
    files: [],
    catalog: null,
    info: machine(),
    status: someStatus(),
    settings: settingsSchema.parse({ welcomed: true }),
    environment: {},
    conversations: [],
    connections: [builtInConnection()],
    ollamaModels: [],
    jobs: [],
    added: { added: [], refused: [] },
    session: sessionOf(owner()),
    people: [],
    groups: [],
    keys: [],
    invites: [],
    teamSettings: teamSettings(),
    oauthProviders: [],
    sharing: sharingOff(),
    ...initial,
  }
  const calls: Call[] = []
  const failures = new Map<string, PublicError>()
  const streams = new Set<{ push: (event: UiEvent) => void; end: () => void }>()

  function file(id: string): GgufFile {
    const found = state.files.find((one) => one.id === id)
    if (found === undefined) throw engineError({ code: 'model_not_found', message: `No model ${id}`, retryable: false })
    return found
  }
  function patchFile(id: string, patch: Partial<GgufFile>): void {
    file(id)
    state.files = state.files.map((one) => (one.id === id ? { ...one, ...patch } : one))
    emit({ type: 'models:changed' })
  }
  function emit(event: UiEvent): void {
    for (const stream of streams) stream.push(event)
  }

  const handlers = new Map<string, Handler>()
  const on = (path: string, handler: Handler): void => {
    handlers.set(path, handler)
  }
  const procedure = (path: string): Handler => {
    const handler = handlers.get(path)
    if (handler === undefined) throw new Error(`The mock engine has no ${path}`)
    return handler
  }
  on('app.info', () => state.info)
  on('app.status', () => state.status)
  on('app.events', (_input, signal) => events(signal))
  on('models.files', () => state.files)
  on('models.catalog', () => state.catalog ?? catalogOf(state.files))
  on('models.add', () => state.added)
  on('models.forget', ({ id }: { id: string }) => {
    state.files = state.files.filter((one) => one.id !== id)
  })
  on('models.load', ({ id, options }: { id: string; options?: LoadOptions }) => {
    const found = file(id)
    const used = { ...found.options, ...options }
    patchFile(id, {
      loaded: {
        state: 'loaded',
        progress: 1,
        loadedAt: Date.now(),
        expiresAt: Date.now() + 300_000,
        activeRequests: 0,
        queuedRequests: 0,
        contextSize: used.contextSize ?? 8192,
        sequences: used.sequences ?? 4,
        memory: { ram: found.sizeBytes * 1.2, vram: 0 },
        gpuLayers: 0,
        options: used,
      },
    })
  })
  on('models.unload', ({ id }: { id: string }) => patchFile(id, { loaded: null }))
  on('models.setOptions', ({ id, options }: { id: string; options: LoadOptions }) => patchFile(id, { options }))
  on('models.validate', () => [])
  on('models.updateLoaded', ({ id, options }: { id: string; options: LoadOptions }) => {
    patchFile(id, { options: { ...file(id).options, ...options } })
    const names = Object.keys(options)
    const atOnce = (name: string): boolean => name === 'keepAliveSeconds'
    return { applied: names.filter(atOnce), fromNextLoad: names.filter((name) => !atOnce(name)) }
  })
  on('models.metrics', ({ id }: { id: string }) => {
    file(id)
    return null
  })
  const metadata = new Map<string, Record<string, unknown>>()
  on('models.metadata', ({ id }: { id: string }) => metadata.get(id) ?? {})
  on('models.saveMetadata', ({ id, metadata: next }: { id: string; metadata: Record<string, unknown> }) => {
    metadata.set(id, next)
  })
  on('models.recheck', ({ id }: { id: string }) => patchFile(id, { state: 'checking', reason: null, refusal: null }))
  on('chats.list', ({ limit }: { limit: number }) => state.conversations.slice(0, limit))
  serveConnections(state, on, emit)
  serveOllama(state, on, emit)
  serveTeam(state, on, emit)
  on('settings.get', () => ({ values: state.settings, environment: state.environment }))
  on('settings.update', (patch: SettingsPatch) => {
    state.settings = settingsSchema.parse({ ...state.settings, ...patch })
    return { values: state.settings, environment: state.environment }
  })

  async function* events(signal: AbortSignal | undefined): AsyncGenerator<UiEvent> {
    const queue: (UiEvent | null)[] = [{ type: 'status:changed', status: state.status }]
    let wake: () => void = () => undefined
    const stream = {
      push: (event: UiEvent) => {
        queue.push(event)
        wake()
      },
      end: () => {
        queue.push(null)
        wake()
      },
    }
    streams.add(stream)
    signal?.addEventListener('abort', stream.end)
    try {
      for (;;) {
        const event = queue.shift()
        if (event === null) return
        if (event !== undefined) yield event
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      streams.delete(stream)
    }
  }

  return {
    state,
    calls,
    inputs: (path) => calls.filter((call) => call.path === path).map((call) => call.input),
    on,
    handler: procedure,
    fail(path, error) {
      if (error === null) failures.delete(path)
      else failures.set(path, error)
    },
    emit,
    drop: () => {
      for (const stream of [...streams]) stream.end()
    },
    link: {
      async call(segments, input, options) {
        const path = segments.join('.')
        calls.push({ path, input })
        const failure = failures.get(path)
        if (failure !== undefined) throw engineError(failure)
        return procedure(path)(input as never, options.signal)
      },
    },
  }
}

function engineError(error: PublicError): ORPCError<'ENGINE', PublicError> {
  return new ORPCError('ENGINE', { defined: true, status: 500, message: error.message, data: error })
}
