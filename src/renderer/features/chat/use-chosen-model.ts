import { useRef, useState } from 'react'
import type { CatalogModel } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import type { ThreadStore } from './thread-store.ts'
import { useGoneModel, useStartModel } from './use-chat-models.ts'
import { conversations } from './use-conversations.ts'

/**
 * The model of an open chat, and the way to choose another. Where it is listed no more, no other one steps in: what was
 * said so far goes to no model, and to no place, that nobody chose. `gone` is its name then. A choice counts at once: a message may be sent before the
 * engine has answered. One that could not be saved is taken back.
 */
export function useChosenModel(
  store: ThreadStore,
  saved: string | null,
  onFail: (error: unknown) => void,
): { model: CatalogModel | null; gone: string | null; choose: (model: CatalogModel) => void } {
  const [chosen, setChosen] = useState<string | null>(null)
  const choices = useRef(0)
  const start = useStartModel(chosen ?? saved)
  const gone = useGoneModel(chosen ?? saved)
  const choose = ({ id }: CatalogModel): void => {
    choices.current += 1
    const mine = choices.current
    const isLatest = (): boolean => mine === choices.current
    setChosen(id)
    client.chats
      .update({ id: store.conversationId, modelId: id })
      .then((now) => {
        if (!isLatest()) return
        conversations.put(now)
        store.putConversation(now)
        setChosen(null)
      })
      .catch((error: unknown) => {
        if (isLatest()) setChosen(null)
        onFail(error)
      })
  }
  return { model: gone === null ? start : null, gone, choose }
}
