import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { SearchHit } from '#shared/chats.ts'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useChatUi } from './chat-ui-store.ts'
import { splitRanges } from './split-ranges.ts'

const DELAY = 150

type Found =
  | { state: 'idle' }
  | { state: 'done'; query: string; hits: readonly SearchHit[] }
  | { state: 'failed'; error: PublicError }

/** Search over every message of every chat. */
export function SearchPanel() {
  const { t } = useTranslation('chat')
  const [query, setQuery] = useState('')
  const found = useSearch(query.trim())
  return (
    <search className="searching">
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just opened the search
        autoFocus
        type="search"
        aria-label={t('search.label')}
        placeholder={t('search.label')}
        value={query}
        maxLength={500}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
          event.stopPropagation()
          useChatUi.setState({ searching: false })
        }}
      />
      <p className="sr" role="status">
        {found.state === 'done' ? t('search.count', { count: found.hits.length }) : ''}
      </p>
      <div className="scroll grow-y">
        {found.state === 'failed' ? (
          <div className="convs-note">
            <ErrorForm error={found.error} />
          </div>
        ) : null}
        {found.state === 'idle' ? <p className="convs-note m">{t('search.hint')}</p> : null}
        {found.state === 'done' && found.hits.length === 0 ? (
          <p className="convs-note m">{t('search.none', { query: found.query })}</p>
        ) : null}
        {found.state === 'done' ? <Hits hits={found.hits} /> : null}
      </div>
    </search>
  )
}

function useSearch(query: string): Found {
  const [found, setFound] = useState<Found>({ state: 'idle' })
  useEffect(() => {
    if (query === '') {
      setFound({ state: 'idle' })
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const hits = await client.chats.search({ query, limit: 50 }, { signal: stop.signal })
        if (!stop.signal.aborted) setFound({ state: 'done', query, hits })
      } catch (error) {
        if (!stop.signal.aborted) setFound({ state: 'failed', error: toPublicError(error) })
      }
    }, DELAY)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [query])
  return found
}

function Hits({ hits }: { hits: readonly SearchHit[] }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const [, navigate] = useLocation()
  return (
    <ul className="hits">
      {hits.map((hit) => (
        <li key={hit.messageId}>
          <button
            type="button"
            onClick={() => {
              useChatUi.setState({
                drawer: false,
                jump: { conversationId: hit.conversationId, messageId: hit.messageId, createdAt: hit.createdAt },
              })
              navigate(`/chat/${encodeURIComponent(hit.conversationId)}`)
            }}
          >
            <span className="row">
              <b className="cut grow">{hit.conversationTitle === '' ? t('untitled') : hit.conversationTitle}</b>
              <span className="s m">{format.day(hit.createdAt)}</span>
            </span>
            <span className="snippet">
              <span className="m">{hit.role === 'user' ? t('you') : t('row.answer')}: </span>
              {splitRanges(hit.snippet, hit.ranges).map((part) =>
                part.match ? <mark key={part.start}>{part.text}</mark> : <span key={part.start}>{part.text}</span>,
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
