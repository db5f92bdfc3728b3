import type { QueryClient } from '@tanstack/react-query'
import { client } from '../../bridge/client.ts'
import { queryKeys } from '../../bridge/queries.ts'
import { useChatUi } from '../chat/chat-ui-store.ts'

/**
 * Creates a conversation with a model and sends its first message; then the welcome page is done with.
 * Resolves with the conversation's id, which is to be opened. Rejects if the message could not be committed.
 */
export async function startChat(queries: QueryClient, modelId: string, content: string): Promise<string> {
  const conversation = await client.chats.create({ modelId })
  await client.chats.send({ id: conversation.id, parentId: null, content, modelId })
  queries.setQueryData(queryKeys.settings, await client.settings.update({ welcomed: true }))
  void queries.invalidateQueries({ queryKey: queryKeys.conversations })
  useChatUi.setState({ begun: { conversation, draft: '' } })
  return conversation.id
}
