import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Caller, Engine, RouteOptions } from '../../../src/main/engine/spec/engine.ts'
import type { EngineEvent } from '../../../src/main/engine/spec/engine-event.ts'
import { OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { createRpcHttpHandler } from '../../../src/main/rpc/index.ts'
import type { AppInfo, Status } from '../../../src/shared/app-info.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTestChats, type TestChats } from '../../support/test-chats.ts'
import { baseModel, openPresets, type TestPresets } from '../../support/test-presets.ts'
import { openTeam, type TestTeam } from '../../unit/team/open-team.ts'

export const STATUS: Status = {
  here: {
    modelName: 'secret-model',
    state: 'ready',
    loadedModels: 1,
    availableModels: 1,
    memoryBytes: { ram: 0, vram: 0 },
  },
  near: { connections: 0, down: 0 },
  away: { connections: 0, down: 0 },
  trouble: ['connections-down'],
  savedAt: null,
  storage: 'ok',
}

const INFO: AppInfo = {
  version: '9.9.9',
  platform: 'linux',
  nodeVersion: '24',
  mode: 'headless',
  dataFolder: '/home/ada/data',
  gatewayUrl: 'http://127.0.0.1:4747',
  hardware: { cpu: 'A CPU', cores: 2, memoryBytes: 1, gpus: [], checkedInMs: 1 },
  startedAt: 1,
}

export interface TestRpc {
  engine: Engine
  chats: TestChats
  presets: TestPresets
  team: TestTeam
  /** Models and their metadata as they were asked of the runtime. */
  asked: string[]
  /** In whose name and how models were tried out. */
  ran: { caller: Caller; options: RouteOptions | undefined }[]
  emit(event: EngineEvent): void
  listening(): number
  /** A window over HTTP of whoever this is. */
  as(principal: Principal): Promise<ContractClient>
  /** The same as a bare address. */
  serve(principal: () => Principal): Promise<string>
}

/** The contract over real chats, presets, access rules and accounts; the rest answers as scripted. */
export function openRpc(): TestRpc {
  const chats = openTestChats(tempFolder())
  const team = openTeam()
  const presets = openPresets({
    catalog: [
      baseModel('llama3:8b'),
      baseModel('secret-model', { visibility: 'private' }),
      baseModel('tiny', { holders: [] }),
    ],
  })
  onTestFinished(presets.close)
  const listeners = new Set<(event: EngineEvent) => void>()
  const asked: string[] = []
  const ran: TestRpc['ran'] = []
  const parts: Partial<Engine> = {
    chatsOf: chats.people.chatsOf,
    settings: chats.settings,
    log: presets.log,
    presets: presets.presets,
    resolver: presets.resolver,
    access: presets.access,
    team: team.team,
    catalog: {
      list: () => presets.presets.all().map(({ base }) => base),
      find: (id) => presets.resolver.follow(id).base,
      findAfterLook: async () => null,
      snapshot: () => null,
      refresh: async () => {},
      firstLooks: async () => {},
      onChange: () => () => {},
    },
    connections: {
      list: () => [{ id: 'everyone', title: 'The box', config: { visibility: 'everyone' } }],
    } as unknown as Engine['connections'],
    pipeline: {
      chat(request, caller, signal, options) {
        ran.push({ caller, options })
        return chats.pipeline.chat(request, caller, signal)
      },
    } as Engine['pipeline'],
    runtime: {
      warmSoon() {},
      files: () => [{ id: 'tiny' }],
      metrics: (id: string) => {
        asked.push(`metrics ${id}`)
        return null
      },
      validate: async (id: string) => [`asked of ${id}`],
    } as unknown as Engine['runtime'],
    sharing: {
      state: () => ({ urls: ['https://box.local:4748/'] }),
      update: async (patch: object) => {
        asked.push(`sharing ${JSON.stringify(patch)}`)
        throw new Error('not here')
      },
    } as unknown as Engine['sharing'],
    status: () => STATUS,
    info: async () => INFO,
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const engine = parts as Engine

  async function serve(principal: () => Principal): Promise<string> {
    const handle = createRpcHttpHandler(engine)
    const server = createServer((req, res) => {
      void handle(req, res, principal()).then((matched) => {
        if (!matched) res.writeHead(404).end('nobody')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  return {
    engine,
    chats,
    presets,
    team,
    asked,
    ran,
    emit: (event) => {
      for (const listener of [...listeners]) listener(event)
    },
    listening: () => listeners.size,
    as: async (principal = OWNER) => contractClient(await serve(() => principal)),
    serve,
  }
}
