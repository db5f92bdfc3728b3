import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../../src/main/engine/spec/clock.ts'
import { isEngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { SecretVault } from '../../../src/main/engine/spec/secret-vault.ts'
import type { Team } from '../../../src/main/engine/spec/team.ts'
import { openStorage, type Storage } from '../../../src/main/engine/storage/index.ts'
import { createTeam } from '../../../src/main/engine/team/index.ts'
import type { Role } from '../../../src/shared/access.ts'
import type { UiEvent } from '../../../src/shared/app-info.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog, type LogLine } from '../../support/test-log.ts'

export const ORIGIN = { address: '127.0.0.1', userAgent: 'test browser' }
export const PASSWORD = 'correct horse'

/** A vault in memory. */
export function createMemoryVault(): SecretVault & { secrets: Map<string, string> } {
  const secrets = new Map<string, string>()
  return {
    secrets,
    get: (name) => Promise.resolve(secrets.get(name) ?? null),
    set: async (name, value) => void secrets.set(name, value),
    remove: async (name) => void secrets.delete(name),
    names: () => Promise.resolve([...secrets.keys()]),
  }
}

export interface TestTeam {
  team: Team
  storage: Storage
  clock: ManualClock
  vault: ReturnType<typeof createMemoryVault>
  events: UiEvent[]
  lines: LogLine[]
  folder: string
}

interface Options {
  environment?: Record<string, string>
  folder?: string
  vault?: ReturnType<typeof createMemoryVault>
  clock?: Clock
}

/** A team on a real database. */
export function openTeam({
  environment = {},
  folder = tempFolder(),
  vault = createMemoryVault(),
  clock,
}: Options = {}): TestTeam {
  const log = createTestLog()
  const manual = createManualClock()
  const storage = openStorage({ folder, log, now: manual.now })
  onTestFinished(storage.close)
  const events: UiEvent[] = []
  const team = createTeam({
    storage,
    documents: storage.documents,
    vault,
    clock: clock ?? manual,
    log,
    environment,
    emit: (event) => events.push(event),
  })
  onTestFinished(team.close)
  return { team, storage, clock: manual, vault, events, lines: log.lines, folder }
}

/** An account without a password, as fast as the database is. */
export function plant(storage: Storage, fields: { name: string; email?: string; role?: Role; at?: number }): string {
  const id = randomUUID()
  const { name, email = `${name}@example.com`, role = 'user', at = 1 } = fields
  storage.people.insert({ id, name, email, role, emailProven: true, profileImageUrl: '', passwordHash: null }, at)
  return id
}

/** What an action fails with: code, field and words. */
export async function failure(
  action: () => unknown,
): Promise<{ code: string; param: string | undefined; message: string }> {
  try {
    await action()
  } catch (error) {
    if (!isEngineError(error)) throw error
    return { code: error.code, param: error.param, message: error.message }
  }
  throw new Error('It did not fail.')
}
