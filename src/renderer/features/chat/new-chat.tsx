import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#shared/chats.ts'
import { client } from '../../bridge/client.ts'
import { ChatHead } from './chat-head.tsx'
import { useChatUi } from './chat-ui-store.ts'
import { Composer, type ComposerHandle } from './composer.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { readLocalDraft, writeLocalDraft } from './local-draft.ts'
import { useStartModel } from './use-chat-models.ts'
import { conversations } from './use-conversations.ts'
import { moveDraftImages } from './use-draft-images.ts'

/** A chat that does not exist yet: it is made with its first message. */
export function NewChat({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation('chat')
  const [chosen, setChosen] = useState<string | null>(null)
  const model = useStartModel(chosen)
  const composer = useRef<ComposerHandle>(null)
  const made = useRef<Conversation | null>(null)
  const prompt = useChatUi((ui) => ui.prompt)
  useEffect(() => composer.current?.focus(), [])
  useEffect(() => {
    if (prompt === null) return
    composer.current?.fill(prompt)
    useChatUi.setState({ prompt: null })
  }, [prompt])
  return (
    <main className="talk" id="main">
      <ChatHead title={t('newChat')} lastAnswer={null} />
      <EmptyChat model={model} onPrompt={(text) => composer.current?.fill(text)} />
      <Composer
        ref={composer}
        draft={readLocalDraft()}
        saveDraft={writeLocalDraft}
        imagesOf="new"
        model={model}
        onModel={(next) => setChosen(next.id)}
        contextTokens={0}
        onStop={null}
        onEditLast={() => undefined}
        onSend={async (content, using, images) => {
          const conversation = await client.chats.create({ modelId: using.id })
          conversations.put(conversation)
          try {
            await client.chats.send({ id: conversation.id, parentId: null, content, modelId: using.id, images })
          } catch (error) {
            // A chat without a message is not kept; the text stays in the field.
            await client.chats.remove({ id: conversation.id })
            conversations.drop(conversation.id)
            throw error
          }
          made.current = conversation
        }}
        onSent={(rest) => {
          const conversation = made.current
          if (conversation === null) return
          // What was written meanwhile goes along.
          writeLocalDraft('')
          moveDraftImages('new', conversation.id)
          useChatUi.setState({ begun: { conversation, draft: rest } })
          onOpen(conversation.id)
        }}
      />
    </main>
  )
}
