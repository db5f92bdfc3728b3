import { homedir } from 'node:os'
import { delimiter } from 'node:path'
import type { AppInfo } from '#shared/app-info.ts'
import { createAccess } from './access/create-access.ts'
import { createCallContext } from './call-context.ts'
import { createModelCatalog } from './catalog/model-catalog.ts'
import { createChats } from './chats/index.ts'
import { LLAMA_CONNECTION_ID, llamaConnection } from './connections/connection.ts'
import { createConnections } from './connections/create-connections.ts'
import { defaultDataFolder, openDataFolder } from './data-folder/index.ts'
import { readStatus } from './engine-status.ts'
import { createEventBus } from './events/event-bus.ts'
import { readHardware } from './hardware/read-hardware.ts'
import { createHealthBoard } from './health/create-health-board.ts'
import { createUpstream } from './http/create-upstream.ts'
import { createJobs, createOllamaServers } from './jobs/index.ts'
import { createLogger } from './logging/index.ts'
import { createModelMetadata } from './model-metadata.ts'
import { createPresets, createResolver } from './models/index.ts'
import { createPipeline } from './pipeline/create-pipeline.ts'
import { createAdapter } from './providers/create-adapter.ts'
import { createLlamaAdapter } from './providers/llama/llama-adapter.ts'
import { createLlamaRuntime } from './runtimes/llama/index.ts'
import { createKeyFileVault } from './secrets/key-file-vault.ts'
import { createSettingsStore } from './settings/index.ts'
import { createAnnouncement, createSharing } from './sharing/index.ts'
import type { Clock } from './spec/clock.ts'
import type { Engine, Logger } from './spec/engine.ts'
import type { SecretVault } from './spec/secret-vault.ts'
import { systemClock } from './spec/system-clock.ts'
import type { Team } from './spec/team.ts'
import { createSearchWorker, openStorage } from './storage/index.ts'
import { createTeam, createUserInfoHeaders, forwardsUserInfo } from './team/index.ts'
import { Teardown } from './teardown.ts'

export interface EngineOptions {
  /** Null: the platform's usual place, or SWITCHYARD_DATA_DIR. */
  dataFolder: string | null
  mode: AppInfo['mode']
  version: string
  /** Entry files of the worker threads and of the trial child. */
  workers: { llama: URL; llamaTrial: URL; storage: URL }
  /** GGUF files that come with the app, by model id. */
  builtInModels: { id: string; path: string }[]
  /** process.env, or a test's own. */
  environment: Readonly<Record<string, string | undefined>>
  /** Where readable log lines go beside the log file. */
  terminal?: { write(text: string): unknown }
  clock?: Clock
  /** Where provider keys are sealed. Default: a file in the data folder, under a key file that only its owner can read. */
  openVault?: (dataFolder: string, log: Logger) => SecretVault
}

/** What the start waits for configured connections to be looked at for the first time, ms. They go on in the background. */
const FIRST_LOOK_MS = 400
/** Between two words that connections changed, ms: their figures move with every request. */
const CONNECTIONS_EVENT_MS = 250

/**
 * The composition root: builds every area in order and is the only place where they meet.
 * Rejects with EngineError (folder unusable, in use, database damaged …) and then leaves nothing open.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const clock = options.clock ?? systemClock
  const now = () => clock.now()
  const teardown = new Teardown()
  try {
    return await compose(options, clock, now, teardown)
  } catch (error) {
    await teardown.run()
    throw error
  }
}

async function compose(options: EngineOptions, clock: Clock, now: () => number, teardown: Teardown): Promise<Engine> {
  const { environment } = options
  const startedAt = clock.now()
  const folder = openDataFolder(
    options.dataFolder ?? defaultDataFolder({ platform: process.platform, environment, home: homedir() }),
  )
  teardown.add(folder.release)
  const log = createLogger({
    level: 'info',
    folder: folder.logs,
    ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
  })
  teardown.add(log.close)
  const storage = openStorage({ folder: folder.path, log, now })
  teardown.add(storage.close)
  const settings = createSettingsStore({ records: storage.settings, environment, log, now })
  log.setLevel(settings.get().logLevel)
  const events = createEventBus(log)

  const runtime = createLlamaRuntime({
    workerUrl: options.workers.llama,
    trialUrl: options.workers.llamaTrial,
    modelsFolder: folder.models,
    builtInModels: options.builtInModels,
    environmentFolders: modelFolders(environment.SWITCHYARD_MODELS_DIR),
    gpu: environment.SWITCHYARD_GPU === 'off' ? 'off' : 'auto',
    settings,
    registry: storage.ggufRegistry,
    log,
    clock,
  })
  teardown.add(() => runtime.close())
  const health = createHealthBoard({ now })
  const connectionsLog = log.child({ area: 'connections' })
  const vault = (options.openVault ?? ((path) => createKeyFileVault(path)))(folder.path, connectionsLog)
  const { connections, set, ...configured } = createConnections({
    records: storage.connections,
    vault,
    environment,
    log: connectionsLog,
    clock,
    builtIn: llamaConnection(createLlamaAdapter(runtime)),
    openUpstream: (input) => createUpstream({ ...input, log: connectionsLog, clock }),
    createAdapter: (provider, upstream) => createAdapter(provider, upstream, connectionsLog),
    health,
    refreshModels: (id) => catalog.refresh(id),
  })
  const catalog = createModelCatalog({ connections: set, health, clock, log: connectionsLog })
  teardown.add(() => configured.close())
  teardown.add(() => catalog.close())
  await configured.start()
  let closing = false
  // Also where a later part of the start fails.
  teardown.add(() => {
    closing = true
  })
  const accounts = createTeam({
    storage,
    documents: storage.documents,
    vault,
    clock,
    log: log.child({ area: 'team' }),
    environment,
    emit: events.emit,
  })
  teardown.add(() => accounts.close())
  const announcesItself = environment.SWITCHYARD_MDNS !== 'off'
  const sharingLog = log.child({ area: 'sharing' })
  const sharing = createSharing({
    documents: storage.documents,
    vault,
    team: accounts,
    announcement: announcesItself ? createAnnouncement({ log: sharingLog }) : null,
    version: options.version,
    clock,
    log: sharingLog,
  })
  teardown.add(() => sharing.close())
  const presets = createPresets({
    storage,
    catalog,
    connections: set,
    access: () => access,
    resolver: () => resolver,
    team: accounts,
    clock,
    log: log.child({ area: 'presets' }),
    environment,
    emit: events.emit,
  })
  const resolver = createResolver({
    records: presets.records,
    catalog,
    defaults: presets.defaults,
    clock,
    revisions: { records: presets.records.revision, catalog: catalog.list, defaults: presets.defaults },
  })
  const access = createAccess({
    resolver,
    catalog,
    connections: set,
    team: accounts,
    sharing,
    environment,
    onRecordsChange: presets.onChange,
  })
  const pipeline = createPipeline({
    catalog,
    resolver,
    access,
    connections: set,
    health,
    clock,
    log,
    isClosing: () => closing,
  })
  const jobsLog = log.child({ area: 'jobs' })
  const jobs = createJobs({
    records: storage.jobs,
    connectionSet: set,
    clock,
    log: jobsLog,
    catalogRefresh: (id) => catalog.refresh(id),
  })
  teardown.add(() => jobs.close())
  const ollamaServers = createOllamaServers({ connectionSet: set, catalogRefresh: (id) => catalog.refresh(id) })

  const searchWorker = createSearchWorker({ file: storage.file, entry: options.workers.storage, log })
  teardown.add(() => searchWorker.close())
  const userInfoHeaders = forwardsUserInfo(environment) ? createUserInfoHeaders({ environment, clock }) : null
  const chats = createChats({
    storage,
    pipeline,
    resolver,
    principalOf: accounts.principalOf,
    contextOf: createCallContext({ team: accounts, connectionSet: set, userInfoHeaders, log }),
    settings,
    clock,
    log: log.child({ area: 'chats' }),
    emit: events.emit,
    searchWorker,
  })
  teardown.add(() => chats.close())
  const team: Team = {
    ...accounts,
    removePerson(id, by) {
      accounts.removePerson(id, by)
      // Nobody could reach them any more.
      chats.removeAllOf(id)
    },
  }

  const status = () =>
    readStatus({
      files: runtime.files(),
      connections: connections.list(),
      savedAt: storage.lastCommitAt(),
      storage: storage.health(),
    })
  const emitStatus = () => events.emit({ type: 'status:changed', status: status() })
  runtime.onChange(() => {
    // What loads and unloads is no news to the catalog, but it is to the page of models.
    void catalog.refresh(LLAMA_CONNECTION_ID).then(() => events.emit({ type: 'models:changed' }))
    emitStatus()
  })
  catalog.onChange(() => events.emit({ type: 'models:changed' }))
  jobs.onChange(() => events.emit({ type: 'jobs:changed' }))
  const connectionsChanged = coalesce(clock, CONNECTIONS_EVENT_MS, () => {
    // What is told last may fall due after the database has closed.
    if (closing) return
    events.emit({ type: 'connections:changed' })
    emitStatus()
  })
  set.onChange(connectionsChanged)
  health.onChange(connectionsChanged)
  storage.onHealthChange(emitStatus)
  sharing.onChange(() => events.emit({ type: 'sharing:changed' }))
  settings.onChange(({ logLevel }) => {
    log.setLevel(logLevel)
    events.emit({ type: 'settings:changed' })
  })

  await runtime.start()
  await catalog.start(FIRST_LOOK_MS)
  log.info({ version: options.version, mode: options.mode, node: process.versions.node }, 'the engine is ready')

  let hardware: Promise<AppInfo['hardware']> | null = null
  let gatewayUrl: string | null = null
  return {
    settings,
    runtime,
    catalog,
    connections,
    connectionSet: set,
    jobs,
    ollamaServers,
    pipeline,
    presets,
    resolver,
    access,
    team,
    sharing,
    modelMetadata: createModelMetadata(storage.documents, now),
    chatsOf: chats.chatsOf,
    ...(userInfoHeaders === null ? {} : { userInfoHeaders }),
    log,
    dataFolder: folder.path,
    status,
    onEvent: events.on,
    setGatewayUrl(url) {
      gatewayUrl = url
    },
    async info() {
      hardware ??= readHardware(clock, log)
      return {
        version: options.version,
        platform: process.platform,
        nodeVersion: process.versions.node,
        mode: options.mode,
        dataFolder: folder.path,
        gatewayUrl,
        hardware: await hardware,
        startedAt,
      }
    },
    close() {
      closing = true
      return teardown.run()
    },
  }
}

/** Calls at most once per `ms`, and once more after the last change. */
function coalesce(clock: Clock, ms: number, action: () => void): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    clock.setTimeout(() => {
      waiting = false
      action()
    }, ms)
  }
}

/** The folders of a path-separated list, without empty entries. */
function modelFolders(list: string | undefined): string[] {
  return (list ?? '').split(delimiter).filter((folder) => folder.trim() !== '')
}
