import { createAccess } from '../../src/main/engine/access/create-access.ts'
import { createResolver } from '../../src/main/engine/models/index.ts'
import { createPresets, type PresetsWithRecords } from '../../src/main/engine/models/records/create-presets.ts'
import type { Access } from '../../src/main/engine/spec/access.ts'
import type { ModelResolver } from '../../src/main/engine/spec/presets.ts'
import { OWNER, type Principal } from '../../src/main/engine/spec/principal.ts'
import { openStorage, type Storage } from '../../src/main/engine/storage/index.ts'
import { DEFAULT_PERMISSIONS, type Permissions } from '../../src/shared/access.ts'
import type { UiEvent } from '../../src/shared/app-info.ts'
import type { CatalogModel } from '../../src/shared/models.ts'
import type { PresetInput } from '../../src/shared/presets.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { tempFolder } from './temp-folder.ts'
import { createTestLog } from './test-log.ts'

/** Presets over a real database, with the real rules and the real way to base models; catalog and team are lists. */
export interface TestPresets {
  presets: PresetsWithRecords
  access: Access
  resolver: ModelResolver
  storage: Storage
  clock: ManualClock
  log: ReturnType<typeof createTestLog>
  events: UiEvent[]
  /** Puts another catalog in place and tells everyone. */
  setCatalog(models: CatalogModel[]): void
  /** The same data folder, opened anew. */
  reopen(): TestPresets
  close(): void
}

interface Options {
  catalog?: CatalogModel[]
  /** Names by id of people who have an account. */
  people?: Record<string, string>
  environment?: Record<string, string>
  folder?: string
  clock?: ManualClock
}

export function openPresets(options: Options = {}): TestPresets {
  const folder = options.folder ?? tempFolder()
  const clock = options.clock ?? createManualClock()
  const log = createTestLog()
  const storage = openStorage({ folder, log, now: clock.now })
  const events: UiEvent[] = []
  const people = options.people ?? {}
  let models = options.catalog ?? [baseModel('llama3:8b'), baseModel('gpt-5', { visibility: 'private' })]
  const told = new Set<() => void>()
  const catalog = {
    list: () => models,
    find: (id: string) => models.find((model) => [id, `${id}:latest`].includes(model.id)) ?? null,
    onChange: (listener: () => void) => {
      told.add(listener)
      return () => told.delete(listener)
    },
  }
  const never = () => () => undefined
  const connections = {
    all: () => [],
    find: (id: string) => connection(id),
    onChange: never,
  }
  const presets = createPresets({
    storage,
    catalog,
    connections,
    access: () => access,
    resolver: () => resolver,
    team: { person: (id) => (people[id] === undefined ? null : person(id, people[id])) },
    clock,
    log,
    environment: options.environment ?? {},
    emit: (event) => events.push(event),
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
    connections,
    team: { settings: () => ({ modelsHere: 'everyone' }) as never, onChange: never },
    sharing: { guestsMaySpend: () => true, onChange: never },
    environment: options.environment ?? {},
    onRecordsChange: presets.onChange,
  })
  return {
    presets,
    access,
    resolver,
    storage,
    clock,
    log,
    events,
    setCatalog(next) {
      models = next
      for (const listener of told) listener()
    },
    reopen() {
      storage.close()
      return openPresets({ ...options, folder, clock })
    },
    close: storage.close,
  }
}

function person(id: string, name: string) {
  return {
    id,
    name,
    email: `${id}@example.org`,
    role: 'user' as const,
    profileImageUrl: '',
    lastActiveAt: null,
    createdAt: 0,
    updatedAt: 0,
    groupIds: [],
    signsInWith: ['password'],
  }
}

/** Its id says what its models' visibility is. */
function connection(id: string) {
  return { id, place: 'near', config: { visibility: id } } as never
}

/** A base model that one connection holds: for everyone, unless said otherwise. */
export function baseModel(
  id: string,
  { visibility = 'everyone', ...facts }: Partial<CatalogModel> & { visibility?: 'everyone' | 'private' } = {},
): CatalogModel {
  return {
    id,
    name: id,
    place: 'near',
    holders: [
      {
        connectionId: visibility,
        connectionName: visibility,
        provider: 'ollama',
        upstreamModel: id,
        place: 'near',
        reachable: true,
        knownAt: 0,
        loaded: false,
        expiresAt: null,
        sizeBytes: null,
        quantization: null,
        contextLength: 8192,
      },
    ],
    tags: [],
    connectionType: 'local',
    ownedBy: null,
    capabilities: ['chat'],
    contextLength: 8192,
    sizeBytes: null,
    quantization: null,
    parameterSize: null,
    family: null,
    digest: '00',
    modifiedAt: 0,
    loaded: false,
    expiresAt: null,
    state: 'ready',
    reason: null,
    isDemo: false,
    ...facts,
  }
}

const MAKER: Permissions = {
  ...DEFAULT_PERMISSIONS,
  workspace: { models: true, models_import: true, models_export: true },
}

/** Someone with an account who may make, import and export models. */
export function maker(id: string, changes: Partial<Principal> = {}): Principal {
  return {
    ...OWNER,
    id,
    kind: 'person',
    role: 'user',
    name: id,
    email: `${id}@example.org`,
    permissions: MAKER,
    ...changes,
  }
}

/** What makes a preset over llama3:8b. */
export function input(id: string, changes: Partial<PresetInput> = {}): PresetInput {
  return { id, baseModelId: 'llama3:8b', name: id, params: {}, meta: {}, ...changes }
}
