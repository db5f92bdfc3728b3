import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Message } from '#shared/chats.ts'
import { client } from '../../bridge/client.ts'
import { onEngineEvent } from '../../bridge/engine-events.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { showToast } from '../../components/toasts.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { useConnectionStore } from '../../stores/connection-store.ts'
import { ChatHead } from './chat-head.tsx'
import { type BegunChat, useChatUi } from './chat-ui-store.ts'
import { Composer, type ComposerHandle } from './composer.tsx'
import { countWords } from './count-words.ts'
import { EmptyChat } from './empty-chat.tsx'
import { ThreadStore } from './thread-store.ts'
import { ThreadView } from './thread-view.tsx'
import { useChosenModel } from './use-chosen-model.ts'

/** One conversation: its thread and the composer below it. */
export function OpenChat({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation(['chat', 'app'])
  const store = useThreadStore(conversationId)
  const state = useSyncExternalStore(store.subscribe, store.snapshot)
  const composer = useRef<ComposerHandle>(null)
  const [editRequest, setEditRequest] = useState(0)
  const begun = useBegun(conversationId)
  const conversation = state.conversation ?? begun?.conversation ?? null
  const live = store.live
  const fail = (error: unknown): void => {
    showToast({ text: toPublicError(error).message })
  }
  const { model, gone, choose } = useChosenModel(store, conversation?.modelId ?? null, fail)
  // Before its messages are here, a chat that was just begun is being answered.
  const isAnswered = live !== undefined || (begun !== null && state.conversation === null)
  const wantsStop = useRef(false)
  const stop = (): void => {
    if (live !== undefined) store.stop(live.id).catch(fail)
    else wantsStop.current = state.conversation === null
  }
  useEffect(() => {
    if (state.conversation === null || !wantsStop.current) return
    // An answer that has ended by now leaves no wish to stop the next one.
    wantsStop.current = false
    stop()
  })
  useShortcut({
    keys: 'Esc',
    group: 'chat',
    label: t('chat:keys.stop'),
    whileTyping: true,
    run: () => {
      if (!isAnswered) return false
      stop()
      return true
    },
  })
  useShortcut({
    keys: 'Mod+L',
    group: 'chat',
    label: t('chat:keys.composer'),
    run: () => composer.current?.focus(),
  })

  if (state.state === 'failed' && state.error !== null) return <Failed store={store} error={state.error} />
  const title = conversation === null ? '' : conversation.title === '' ? t('chat:untitled') : conversation.title
  const lastAnswer = lastFinished(store, state.total)
  return (
    <main className="talk" id="main">
      <ChatHead title={title} lastAnswer={lastAnswer} />
      {state.conversation === null ? (
        <div className="scroll thread" aria-busy="true" />
      ) : state.total === 0 ? (
        <EmptyChat model={model} gone={gone} onPrompt={(text) => composer.current?.fill(text)} />
      ) : (
        <ThreadView key={conversationId} store={store} state={state} editLast={editRequest} />
      )}
      {conversation === null ? (
        <div className="composer" aria-hidden="true" />
      ) : (
        <Composer
          ref={composer}
          draft={conversation.draft}
          unsaved={begun?.draft}
          takesFocus={begun !== null}
          saveDraft={(draft) => {
            client.chats.saveDraft({ id: conversationId, draft }).catch((error: unknown) => {
              console.warn('The draft could not be saved', error)
            })
          }}
          imagesOf={conversationId}
          model={model}
          gone={gone}
          onModel={choose}
          contextTokens={(lastAnswer?.facts?.promptTokens ?? 0) + (lastAnswer?.facts?.completionTokens ?? 0)}
          onStop={isAnswered ? stop : null}
          onEditLast={() => setEditRequest((count) => count + 1)}
          onSend={async (content, using, images) => {
            await store.send(content, using.id, { images })
          }}
        />
      )}
    </main>
  )
}

/** What this chat begins with if it was just made here. */
function useBegun(conversationId: string): BegunChat | null {
  const [begun] = useState(() => useChatUi.getState().begun)
  useEffect(() => useChatUi.setState({ begun: null }), [])
  return begun?.conversation.id === conversationId ? begun : null
}

/** A store for this chat, loaded, kept fresh by the engine's events, and closed with the view. */
function useThreadStore(conversationId: string): ThreadStore {
  const { t } = useTranslation(['chat', 'app'])
  const say = useRef<(message: Message) => void>(() => undefined)
  say.current = (message) => announce(ending(message, t))
  const store = useMemo(
    () => new ThreadStore({ client, conversationId, onEnd: (message) => say.current(message) }),
    [conversationId],
  )
  const connected = useConnectionStore((connection) => connection.connection.state === 'connected')
  useEffect(() => {
    store.open()
    const stop = onEngineEvent((event) => {
      if (event.type !== 'chats:changed') return
      if (event.conversationId === null || event.conversationId === conversationId) store.refresh()
    })
    return () => {
      stop()
      store.close()
    }
  }, [store, conversationId])
  const wasConnected = useRef(connected)
  useEffect(() => {
    if (connected && !wasConnected.current) store.refresh()
    wasConnected.current = connected
  }, [connected, store])
  return store
}

type Translate = ReturnType<typeof useTranslation<['chat', 'app']>>['t']

/** One sentence for screen readers when an answer has ended. */
function ending(message: Message, t: Translate): string {
  if (message.status === 'failed') return t('chat:announce.failed')
  const count = countWords(message.content)
  const place = t(`app:place.${message.facts?.place ?? 'here'}`)
  if (message.status === 'stopped') return t('chat:announce.stopped', { count })
  return t('chat:announce.finished', { count, place })
}

function lastFinished(store: ThreadStore, total: number): Message | null {
  for (let depth = total - 1; depth >= Math.max(0, total - 4); depth -= 1) {
    const message = store.at(depth)
    if (message?.role === 'assistant' && message.facts?.promptTokens != null) return message
  }
  return null
}

function Failed({ store, error }: { store: ThreadStore; error: Parameters<typeof ErrorForm>[0]['error'] }) {
  const { t } = useTranslation(['chat', 'app'])
  const gone = error.code === 'not_found'
  return (
    <main className="talk" id="main">
      <ChatHead title={gone ? t('chat:gone.title') : t('chat:title')} lastAnswer={null} />
      <div className="scroll thread">
        <div className="turns">
          <ErrorForm
            error={error}
            {...(gone ? { title: t('chat:gone.title'), did: t('chat:gone.did'), can: t('chat:gone.can') } : {})}
          >
            <div className="opt">
              {gone ? (
                <Link href="/chat" className="btn">
                  {t('chat:newChat')}
                </Link>
              ) : (
                <Button onClick={() => void store.load()}>{t('app:retry')}</Button>
              )}
            </div>
          </ErrorForm>
        </div>
      </div>
      <div />
    </main>
  )
}
