import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { ErrorForm } from '../../components/error-form.tsx'

/** Most that the engine keeps beside one model is 100,000 characters of JSON; escaping may double a text. */
const MOST = 40_000

/** What a person notes beside a model: free text, kept in the field `note` of its metadata and saved when it is left. */
export function ModelNotes({ id }: { id: string }) {
  const { t } = useTranslation('models')
  const field = useId()
  const { saved, save, error, isSaved } = useNote(id)
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? saved ?? ''
  const leave = (): void => {
    if (draft === null || saved === undefined) return
    if (draft === saved) setDraft(null)
    else void save(draft).then((done) => (done ? setDraft((now) => (now === draft ? null : now)) : undefined))
  }
  // A shortcut to another page takes the field away without leaving it first.
  const leaveForGood = useEffectEvent(leave)
  useEffect(() => () => leaveForGood(), [])
  return (
    <section className="sec">
      <h2>
        <label htmlFor={field}>{t('notes.title')}</label>
        <span className="end s m" role="status">
          {isSaved && draft === null ? t('notes.saved') : ''}
        </span>
      </h2>
      <textarea
        id={field}
        rows={3}
        value={text}
        maxLength={MOST}
        placeholder={t('notes.placeholder')}
        disabled={saved === undefined}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={leave}
      />
      {error === null ? null : <ErrorForm error={error} did={t('notes.kept')} alert />}
    </section>
  )
}

interface Note {
  /** Undefined until it is known. */
  saved: string | undefined
  /** False if it could not be saved; `error` says why. */
  save: (note: string) => Promise<boolean>
  error: PublicError | null
  isSaved: boolean
}

function useNote(id: string): Note {
  const queries = useQueryClient()
  const queryKey = ['model-metadata', id]
  const ask = () => client.models.metadata({ id })
  const { data, error } = useQuery({ queryKey, queryFn: ask, staleTime: 0 })
  const [failure, setFailure] = useState<PublicError | null>(null)
  const [isSaved, setIsSaved] = useState(false)
  return {
    saved: data === undefined ? undefined : typeof data.note === 'string' ? data.note : '',
    error: failure ?? (error === null ? null : toPublicError(error)),
    isSaved,
    async save(note) {
      try {
        // Other fields may have been written since by others.
        const { note: _before, ...others } = await ask()
        const metadata = note === '' ? others : { ...others, note }
        await client.models.saveMetadata({ id, metadata })
        queries.setQueryData(queryKey, metadata)
        setFailure(null)
        setIsSaved(true)
        return true
      } catch (thrown) {
        setFailure(toPublicError(thrown))
        return false
      }
    },
  }
}
