import type { ConnectionSet } from '../spec/connections.ts'
import type { Logger } from '../spec/engine.ts'
import { toEngineError } from '../spec/engine-error.ts'
import type { Principal } from '../spec/principal.ts'
import type { Team } from '../spec/team.ts'

export interface CallerTokenParts {
  team: Pick<Team, 'oauthToken'>
  connectionSet: Pick<ConnectionSet, 'all'>
  log: Logger
}

/**
 * The person's access token at the provider that they signed in with, for connections of auth type `system_oauth`. Null
 * at once where no connection wants it, which is nearly everywhere; later where there is none to be had.
 */
export function callerToken(parts: CallerTokenParts, { kind, id }: Principal): Promise<string | null> | null {
  const { team, connectionSet, log } = parts
  const isWanted = kind === 'person' && connectionSet.all().some(({ config }) => config?.auth.type === 'system_oauth')
  if (!isWanted) return null
  return team.oauthToken(id).catch((error: unknown) => {
    // Most requests go elsewhere; one that needs the token is refused by its upstream, whose words then say so.
    log.warn({ person: id, reason: toEngineError(error).message }, 'no OAuth token for the caller')
    return null
  })
}
