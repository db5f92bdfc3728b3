import { type Principal, principalVariables } from './spec/principal.ts'
import type { CallContext } from './spec/upstream.ts'
import type { UserInfoHeaders } from './team/index.ts'
import { type CallerTokenParts, callerToken } from './wire/caller-token.ts'

interface CallContextParts extends CallerTokenParts {
  /** Null where nothing about people goes upstream. */
  userInfoHeaders: UserInfoHeaders | null
}

/** What a conversation of the window tells upstreams of the person whose it is; API clients' requests do the same. */
export function createCallContext(parts: CallContextParts) {
  const { userInfoHeaders } = parts
  return async (principal: Principal, ids: { chatId: string; messageId: string }): Promise<CallContext> => {
    const forwarded = userInfoHeaders === null ? null : await userInfoHeaders(principal, ids)
    const oauthToken = await callerToken(parts, principal)
    return {
      variables: () => ({
        ...principalVariables(principal),
        USER_AGENT: 'Switchyard',
        CHAT_ID: ids.chatId,
        MESSAGE_ID: ids.messageId,
      }),
      ...(forwarded === null ? {} : { forwarded }),
      ...(oauthToken === null ? {} : { oauthToken }),
    }
  }
}
