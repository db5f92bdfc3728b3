import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccess } from '../../../src/main/engine/access/create-access.ts'
import { createPresets, createResolver } from '../../../src/main/engine/models/index.ts'
import { createKeyFileVault } from '../../../src/main/engine/secrets/key-file-vault.ts'
import type { Access } from '../../../src/main/engine/spec/access.ts'
import type { Engine } from '../../../src/main/engine/spec/engine.ts'
import { OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { openStorage } from '../../../src/main/engine/storage/index.ts'
import { createTeam } from '../../../src/main/engine/team/index.ts'
import { createGateway } from '../../../src/main/gateway/index.ts'
import type { Grant, Role } from '../../../src/shared/access.ts'
import type { Preset, PresetInput } from '../../../src/shared/presets.ts'
import { createFakeEngine, fakeModel } from '../../support/fake-engine.ts'
import { type HttpAnswer, http } from '../../support/http-client.ts'
import { createTestLog } from '../../support/test-log.ts'

export const PASSWORD = 'correct horse battery'

/**
 * Who calls. The owner comes through this machine's own door, everybody else through the network's.
 * `maker` is a user whose group may make, import and export models; `member` is one without more rights than everybody.
 */
export const CALLERS = ['owner', 'admin', 'maker', 'member', 'pending', 'anonymous'] as const
export type CallerName = (typeof CALLERS)[number]

export interface TeamBench {
  engine: Engine
  /** Ids of accounts, and of the makers' group. */
  ids: Record<'admin' | 'maker' | 'member' | 'pending' | 'group', string>
  tokens: Record<CallerName, string>
  localPort: number
  networkPort: number
  /** A call by its route (`GET /api/v1/users`), with the path's rest and query in the route. */
  as(caller: CallerName, route: string, body?: unknown, headers?: Record<string, string>): Promise<HttpAnswer>
  principal(caller: 'admin' | 'maker' | 'member' | 'pending'): Principal
  preset(id: string, input?: Partial<PresetInput>, by?: Principal): Preset
  close(): Promise<void>
}

/** Storage, team, presets, access and gateway as they are; models of the catalog and what runs them are made up. */
export async function startTeamBench(environment: Record<string, string> = {}): Promise<TeamBench> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-test-'))
  const log = createTestLog()
  const clock = systemClock
  const fake = createFakeEngine(folder)
  fake.models.push(fakeModel('llama3.2:1b'), fakeModel('gpt-4o'))
  const storage = openStorage({ folder, log, now: () => clock.now() })
  const made = createTeam({
    storage,
    documents: storage.documents,
    vault: createKeyFileVault(folder),
    clock,
    log,
    environment,
    emit: () => {},
  })
  const team: Engine['team'] = {
    ...made,
  }
  const { catalog, connectionSet } = fake
  const presets = createPresets({
    storage,
    catalog,
    connections: connectionSet,
    access: () => access,
    resolver: () => resolver,
    team,
    clock,
    log,
    environment,
  })
  const resolver = createResolver({
    records: presets.records,
    catalog,
    defaults: presets.defaults,
    clock,
  })
  const access: Access = createAccess({
    resolver,
    catalog,
    connections: connectionSet,
    team,
    sharing: { guestsMaySpend: () => true, onChange: () => () => {} },
    environment,
    onRecordsChange: presets.onChange,
  })
  const engine: Engine = Object.assign(fake, { team, presets, resolver, access })
  const gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null, version: '1.2.3' })
  const { port: localPort } = await gateway.listen()
  const { port: networkPort } = await gateway.network.open({
    address: '127.0.0.1',
    port: 0,
    tls: null,
    hosts: ['127.0.0.1', 'localhost'],
  })

  const origin = { address: '10.0.0.1', userAgent: 'test' }
  const atThisComputer = { address: '127.0.0.1', userAgent: 'test' }
  const first = await team.signUp({ name: 'Ada', email: 'ada@example.com', password: PASSWORD }, atThisComputer)
  const add = async (name: string, role: Role): Promise<{ id: string; token: string }> => {
    const email = `${name.toLowerCase()}@example.com`
    await team.addPerson({ name, email, password: PASSWORD, role }, OWNER)
    const { person, token } = await team.signIn(email, PASSWORD, origin)
    return { id: person.id, token }
  }
  const maker = await add('Mia', 'user')
  const member = await add('Ben', 'user')
  const pending = await add('Pia', 'pending')
  const all = { models: true, models_import: true, models_export: true }
  const { permissions } = team.settings()
  const group = team.createGroup({ name: 'Makers', permissions: { ...permissions, workspace: all } }, OWNER)
  team.setMembers(group.id, [maker.id], OWNER)

  const ids = { admin: first.person.id, maker: maker.id, member: member.id, pending: pending.id, group: group.id }
  const tokens = {
    owner: '',
    admin: first.token,
    maker: maker.token,
    member: member.token,
    pending: pending.token,
    anonymous: '',
  }
  return {
    engine,
    ids,
    tokens,
    localPort,
    networkPort,
    as(caller, route, body, headers = {}) {
      const [method = '', path = ''] = route.split(' ')
      const token = tokens[caller]
      return http(caller === 'owner' ? localPort : networkPort, path, {
        method,
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    },
    principal: (caller) => team.principalOf(ids[caller]),
    preset(id, input = {}, by = OWNER) {
      return presets.create(
        { id, baseModelId: 'llama3.2:1b', name: `The ${id}`, params: {}, meta: {}, isActive: true, ...input },
        by,
      )
    },
    async close() {
      await gateway.close()
      team.close()
      storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function grant(
  principalId: string,
  permission: Grant['permission'],
  principalType: Grant['principalType'] = 'user',
): Grant {
  return { principalType, principalId, permission }
}

export function jsonOf(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body)
}
