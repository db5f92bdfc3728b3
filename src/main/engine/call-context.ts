import type { ConnectionSet } from './spec/connections.ts'
import type { Logger } from './spec/engine.ts'
import { toEngineError } from './spec/engine-error.ts'
import { type Principal, principalVariables } from './spec/principal.ts'
import type { Team } from './spec/team.ts'
import type { CallContext } from './spec/upstream.ts'
import type { UserInfoHeaders } from './team/index.ts'

interface CallContextParts {
  team: Pick<Team, 'oauthToken'>
  connections: Pick<ConnectionSet, 'all'>
  /** Null where nothing about people goes upstream. */
  userInfoHeaders: UserInfoHeaders | null
  log: Logger
}

/** What a conversation of the window tells upstreams of the person whose it is; API clients' requests do the same. */
export function createCallContext({ team, connections, userInfoHeaders, log }: CallContextParts) {
  async function tokenOf({ kind, id }: Principal): Promise<string | null> {
    if (kind !== 'person' || !connections.all().some(({ config }) => config?.auth.type === 'system_oauth')) return null
    try {
      return await team.oauthToken(id)
    } catch (error) {
      // Most requests go elsewhere; one that needs the token is refused by its upstream, whose words then say so.
      log.warn({ person: id, reason: toEngineError(error).message }, 'no OAuth token for the caller')
      return null
    }
  }

  return async (principal: Principal, ids: { chatId: string; messageId: string }): Promise<CallContext> => {
    const forwarded = userInfoHeaders === null ? null : await userInfoHeaders(principal, ids)
    const oauthToken = await tokenOf(principal)
    return {
      variables: {
        ...principalVariables(principal),
        USER_AGENT: 'Switchyard',
        CHAT_ID: ids.chatId,
        MESSAGE_ID: ids.messageId,
      },
      ...(forwarded === null ? {} : { forwarded }),
      ...(oauthToken === null ? {} : { oauthToken }),
    }
  }
}
