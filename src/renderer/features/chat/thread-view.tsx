import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { showToast } from '../../components/toasts.tsx'
import { type MessageActions, MessageActionsProvider } from './answer-actions.ts'
import type { AnswerStream } from './answer-stream.ts'
import { AnswerView } from './answer-view.tsx'
import { useChatUi } from './chat-ui-store.ts'
import { copyAnswer, copyLastCode } from './copy-answer.ts'
import { estimateRow } from './estimate-row.ts'
import { MessageMenu, type OpenMenu } from './message-menu.tsx'
import { NewBelow } from './new-below.tsx'
import { observeOffset } from './observe-offset.ts'
import type { ThreadState, ThreadStore } from './thread-store.ts'
import { useStayAtEnd } from './use-stay-at-end.ts'
import { UserTurn } from './user-turn.tsx'

/** Rows drawn beyond the window on each side. */
const OVERSCAN = 3
/** Rows fetched beyond the window on each side. */
const FETCH_AHEAD = 25
/** px from the end within which the reader counts as being there. */
const AT_END = 48
const UNDO_MS = 10_000

/**
 * The messages of the branch, windowed over its whole depth. It opens at the end, follows a growing answer only while
 * the reader is at the end, and holds the reading position otherwise.
 */
export function ThreadView({
  store,
  state,
  editLast,
}: {
  store: ThreadStore
  state: ThreadState
  /** Counts up when the last message of the person is to be edited. */
  editLast: number
}) {
  const { t } = useTranslation(['chat', 'app'])
  const scroller = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState<number | null>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  const [marked, setMarked] = useState<string | null>(null)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const { total, version } = state

  // A new function where the messages behind the depths have changed: the virtualizer asks all keys again.
  const getItemKey = useMemo(() => {
    void version
    return (depth: number) => store.at(depth)?.id ?? `#${depth}`
  }, [store, version])
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: estimateRow,
    getItemKey,
    observeElementOffset: observeOffset,
    // Past the end, so that the first rows drawn are the last ones: the beginning is never drawn for nothing.
    initialOffset: 1e9,
    overscan: OVERSCAN,
    paddingStart: 24,
    paddingEnd: 32,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END,
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    rangeExtractor: (range) => {
      const first = Math.max(0, range.startIndex - OVERSCAN)
      const last = Math.min(range.count - 1, range.endIndex + OVERSCAN)
      const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
      // The row with the focus stays, however far the reader scrolls.
      if (focused !== null && focused < range.count && (focused < first || focused > last)) {
        if (focused < first) rows.unshift(focused)
        else rows.push(focused)
      }
      return rows
    },
  })

  // Opens at the end, before the first paint.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per chat
  useLayoutEffect(() => {
    virtualizer.scrollToEnd()
  }, [store])

  useStayAtEnd(scroller, AT_END, () => virtualizer.scrollToEnd())

  const rows = virtualizer.getVirtualItems()
  const first = virtualizer.range?.startIndex ?? 0
  const last = virtualizer.range?.endIndex ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version may have let go what is looked at
  useEffect(() => {
    store.ensure(Math.max(0, first - FETCH_AHEAD), last + FETCH_AHEAD)
  }, [store, first, last, version])

  const focusRow = useCallback(
    (depth: number, align: 'auto' | 'center' = 'auto') => {
      setFocused(depth)
      virtualizer.scrollToIndex(depth, { align })
      let tries = 0
      const attempt = (): void => {
        const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${depth}"]`)
        if (row !== null && row !== undefined) row.focus({ preventScroll: true })
        else if (tries < 20) {
          tries += 1
          requestAnimationFrame(attempt)
        }
      }
      requestAnimationFrame(attempt)
    },
    [virtualizer],
  )

  const fail = useCallback((error: unknown) => showToast({ text: toPublicError(error).message }), [])
  const actions = useMemo<MessageActions>(
    () => ({
      rerun: (message, modelId) => {
        store
          .rerun(message.id, modelId)
          .then(() => virtualizer.scrollToEnd())
          .catch(fail)
      },
      stop: (message) => void store.stop(message.id).catch(fail),
      sibling: (message, step) => {
        const next = message.siblings[message.siblings.indexOf(message.id) + step]
        if (next === undefined) return
        // The row is replaced by its sibling's: the focus goes on to it.
        const focus = scroller.current?.contains(document.activeElement) === true
        store
          .select(next, message.depth)
          .then(() => {
            if (focus) focusRow(message.depth)
          })
          .catch(fail)
      },
      remove: (message) => {
        store
          .remove(message)
          .then(() =>
            showToast({
              text: t('chat:deleted.message'),
              timeout: UNDO_MS,
              action: { label: t('app:undo'), run: () => void store.restore(message).catch(fail) },
            }),
          )
          .catch(fail)
      },
      edit: async (message, content) => {
        const modelId = modelOf(store, message)
        if (modelId === null) throw new Error(t('chat:composer.noModel'))
        const keptImages = message.images?.map((image) => image.id) ?? []
        await store.send(content, modelId, { parentId: message.parentId, keptImages })
        setEditing(null)
        virtualizer.scrollToEnd()
      },
      startEdit: (message) => setEditing(message?.id ?? null),
      openMenu: (message, anchor) => setMenu({ message, anchor }),
      toggleWhy: (message) => setWhy((open) => (open === message.id ? null : message.id)),
    }),
    [store, virtualizer, fail, focusRow, t],
  )

  useEffect(() => {
    if (editLast === 0) return
    const { total: end } = store.snapshot()
    for (let depth = end - 1; depth >= Math.max(0, end - 4); depth -= 1) {
      const message = store.at(depth)
      if (message?.role !== 'user') continue
      setEditing(message.id)
      virtualizer.scrollToIndex(depth, { align: 'auto' })
      return
    }
  }, [editLast, store, virtualizer])

  // A hit of the search: show its branch, go to it, mark it.
  const jump = useChatUi((ui) => ui.jump)
  useEffect(() => {
    if (jump === null || jump.conversationId !== store.conversationId) return
    useChatUi.setState({ jump: null })
    void (async () => {
      try {
        let depth = await store.find(jump.messageId, jump.createdAt)
        if (depth === null) {
          await store.select(jump.messageId, 0)
          depth = await store.find(jump.messageId, jump.createdAt)
        }
        if (depth === null) return
        setMarked(jump.messageId)
        focusRow(depth, 'center')
      } catch (error) {
        fail(error)
      }
    })()
  }, [jump, store, focusRow, fail])

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const from = focused ?? (event.key === 'ArrowUp' ? total : last)
      const next = Math.min(total - 1, Math.max(0, from + (event.key === 'ArrowUp' ? -1 : 1)))
      event.preventDefault()
      focusRow(next)
      return
    }
    if (isField(event.target) || event.ctrlKey || event.metaKey || event.altKey || focused === null) return
    const message = store.at(focused)
    if (message === undefined) return
    if (runKey(event, message, store, actions)) event.preventDefault()
  }

  return (
    <MessageActionsProvider value={actions}>
      <div className="threadwrap">
        <div
          ref={scroller}
          className="scroll thread"
          role="log"
          aria-live="off"
          aria-label={t('chat:thread')}
          onKeyDown={onKeyDown}
        >
          <h2 className="sr">{t('chat:thread')}</h2>
          <div className="turns">
            <div ref={virtualizer.containerRef} className="rows">
              {rows.map((row) => (
                <Row
                  key={row.key}
                  depth={row.index}
                  total={total}
                  message={store.at(row.index)}
                  stream={streamAt(store, row.index)}
                  measure={virtualizer.measureElement}
                  focusable={focused === null ? row.index === total - 1 : focused === row.index}
                  onFocus={setFocused}
                  editing={editing}
                  why={why}
                  marked={marked}
                />
              ))}
            </div>
          </div>
        </div>
        {menu === null ? null : <MessageMenu key={menu.message.id} open={menu} onClose={() => setMenu(null)} />}
        <NewBelow scroller={scroller} onGo={() => virtualizer.scrollToEnd()} />
      </div>
    </MessageActionsProvider>
  )
}

interface RowProps {
  depth: number
  total: number
  message: Message | undefined
  stream: AnswerStream | undefined
  measure: (element: HTMLElement | null) => void
  focusable: boolean
  onFocus: (depth: number) => void
  editing: string | null
  why: string | null
  marked: string | null
}

/** One turn. Memoised: the virtualizer tells the thread of every scroll and growth, and most rows have nothing to do with it. */
const Row = memo(function Row({
  depth,
  total,
  message,
  stream,
  measure,
  focusable,
  onFocus,
  editing,
  why,
  marked,
}: RowProps) {
  const { t } = useTranslation('chat')
  const label = message === undefined ? t('row.loading') : message.role === 'user' ? t('row.you') : t('row.answer')
  return (
    // biome-ignore lint/a11y/useSemanticElements: the row wraps both kinds of turn and places them in the thread
    <div
      ref={measure}
      data-index={depth}
      className={rowClass(message !== undefined && marked === message.id, message !== undefined && why === message.id)}
      role="article"
      aria-label={label}
      aria-posinset={depth + 1}
      aria-setsize={total}
      tabIndex={focusable ? 0 : -1}
      onFocus={() => onFocus(depth)}
    >
      <h3 className="sr">{label}</h3>
      {message === undefined ? (
        <div style={{ height: estimateRow(depth) }} aria-hidden="true" />
      ) : message.role === 'user' ? (
        <UserTurn message={message} editing={editing === message.id} />
      ) : (
        <AnswerView message={message} stream={stream} why={why === message.id} />
      )}
    </div>
  )
})

/** Said here, not by `:has()` in the style sheet: each new block of a live answer would search the whole answer again. */
function rowClass(hit: boolean, why: boolean): string {
  return ['turn', hit ? 'hit' : '', why ? 'beside-why' : ''].filter((name) => name !== '').join(' ')
}

/** What single keys do with the message that has the focus. Returns whether the key was one of them. */
function runKey(event: KeyboardEvent, message: Message, store: ThreadStore, actions: MessageActions): boolean {
  const answer = message.role === 'assistant'
  if (event.shiftKey && event.key === 'C') void copyAnswer(message, store.streamOf(message.id))
  else if (event.shiftKey && event.key === 'K') void copyLastCode(message, store.streamOf(message.id))
  else if (event.shiftKey) return false
  else if (event.key === '[') actions.sibling(message, -1)
  else if (event.key === ']') actions.sibling(message, 1)
  else if (event.key === 'r' && answer && message.status !== 'streaming') actions.rerun(message)
  else if (event.key === 'i' && answer && message.facts !== null) actions.toggleWhy(message)
  else if (event.key === 'e' && !answer) actions.startEdit(message)
  else return false
  return true
}

function streamAt(store: ThreadStore, depth: number): AnswerStream | undefined {
  const message = store.at(depth)
  return message === undefined ? undefined : store.streamOf(message.id)
}

/** The model that answered a message; else the one of the chat. */
function modelOf(store: ThreadStore, message: Message): string | null {
  const answer = store.at(message.depth + 1)
  return store.snapshot().conversation?.modelId ?? answer?.facts?.modelId ?? null
}

function isField(target: EventTarget): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement
}
