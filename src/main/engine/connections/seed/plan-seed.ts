import type { ConnectionFamily } from '../../spec/connections.ts'
import type { Logger } from '../../spec/engine.ts'
import type { ConnectionsStore } from '../../storage/index.ts'
import type { AcceptedInput } from '../read-input.ts'
import { readSeed } from './read-seed.ts'
import { changedVariables, digestVariables } from './seed-digests.ts'
import type { Environment } from './variable-reader.ts'

interface PlanSeedOptions {
  environment: Environment
  records: Pick<ConnectionsStore, 'all' | 'unreadable' | 'seed'>
  log: Logger
}

/** What the first start writes. */
export interface PlannedSeed {
  connections: AcceptedInput[]
  families: Map<ConnectionFamily, boolean>
  digests: Map<string, string>
}

/**
 * What variables set up: null unless this is the first start with any. Once seeded, or once a person has set up
 * connections, variables are left alone; the log names those that say something else by now.
 */
export function planSeed({ environment, records, log }: PlanSeedOptions): PlannedSeed | null {
  const { connections, families, variables, problems } = readSeed(environment)
  const seeded = records.seed()
  if (seeded.size > 0 || records.all().length > 0 || records.unreadable().length > 0) {
    const changed = changedVariables(seeded, variables)
    if (changed.length > 0) {
      log.warn(
        { variables: changed },
        'variables about connections count at the first start only, and these say something else by now; change the connections on the Backends page',
      )
    }
    return null
  }
  for (const { variable, reason } of problems) {
    log.warn({ variable, reason }, 'an environment variable has a value that cannot be used, so it is ignored')
  }
  if (connections.length === 0 && families.size === 0) return null
  return { connections, families, digests: digestVariables(variables) }
}
