import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Select } from '../../components/select.tsx'
import { readModelName } from './model-name.ts'
import { ModelfileEditor, type ModelfileEditorHandle } from './modelfile-editor.tsx'
import { BLANK_MODELFILE, problemsOf, starterFrom } from './modelfile-text.ts'
import { keepModelfile, type ModelfileDraft, openSheet, useOllamaStore } from './ollama-store.ts'
import type { SheetProps } from './sheet-props.ts'
import { useModelActions } from './use-model-actions.ts'

/** What Ollama quantizes F16 and F32 weights to. */
const QUANTIZATIONS = ['', 'q8_0', 'q4_K_M', 'q4_K_S'] as const
const BLANK = ''

/**
 * Makes a model from a Modelfile. The engine reads it before the job begins, so that mistakes show at their lines. What
 * was written by hand is kept until it is sent or cancelled: Escape, or another page, does not take it away.
 */
export function CreateSheet({ connection, models, starter }: SheetProps & { starter: string | null }) {
  const { t } = useTranslation(['ollama', 'app'])
  const actions = useModelActions(connection.id)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const editor = useRef<ModelfileEditorHandle>(null)
  const [begun] = useState(() => beginning(connection.id, starter))
  const [name, setName] = useState(begun.name)
  const [from, setFrom] = useState(begun.from)
  const [text, setText] = useState(begun.text)
  const [quantize, setQuantize] = useState<(typeof QUANTIZATIONS)[number]>('')
  /** Model whose own Modelfile the text becomes. */
  const [starting, setStarting] = useState(starter)
  const [reading, setReading] = useState(starter !== null)
  const [busy, setBusy] = useState(false)
  /** The text as it was started from: anything else was written by hand. */
  const [start, setStart] = useState(begun.kept ? '' : begun.text)
  const [replaced, setReplaced] = useState<Written | null>(begun.replaced)
  /** The text is the one that was written at an earlier time. */
  const [kept, setKept] = useState(begun.kept)
  const [error, setError] = useState<PublicError | null>(null)
  const problems = problemsOf(error)
  const wanted = readModelName(name)
  const full = wanted?.full ?? null
  const replaces = full !== null && models.some((one) => one.name === full)

  const written = text.trim() !== '' && text !== start

  useEffect(() => {
    const draft = written ? { name, from, text } : replaced === null ? null : { name, ...replaced }
    keepModelfile(connection.id, draft)
  }, [connection.id, written, name, from, text, replaced])

  useEffect(() => {
    if (starting === null) return
    const stop = new AbortController()
    setReading(true)
    client.ollama
      .details({ connectionId: connection.id, model: starting }, { signal: stop.signal })
      .then(
        (details) => {
          setText(starterFrom(details))
          setStart(starterFrom(details))
          setError(null)
        },
        (thrown: unknown) => {
          if (!stop.signal.aborted) setError(toPublicError(thrown))
        },
      )
      .finally(() => {
        if (!stop.signal.aborted) setReading(false)
      })
    return () => stop.abort()
  }, [starting, connection.id])

  function startFrom(next: string): void {
    setReplaced(written ? { text, from } : replaced)
    setKept(false)
    setFrom(next)
    setStarting(next === BLANK ? null : next)
    setError(null)
    if (next !== BLANK) return
    setText(BLANK_MODELFILE)
    setStart(BLANK_MODELFILE)
    setReading(false)
  }

  function takeBack(earlier: Written): void {
    setStarting(null)
    setFrom(earlier.from)
    setText(earlier.text)
    setReplaced(null)
    setReading(false)
    setError(null)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wanted === null || busy) return
    setBusy(true)
    const failed = await actions.start(() =>
      client.jobs.create({
        connectionId: connection.id,
        model: wanted.text,
        modelfile: text,
        ...(quantize === '' ? {} : { quantize }),
      }),
    )
    setBusy(false)
    setError(failed)
    if (failed !== null) {
      const [first] = problemsOf(failed)
      if (first !== undefined) editor.current?.goTo(first)
      return
    }
    announce(t('ollama:createForm.started', { name: wanted.text }))
    giveUp()
  }

  /** Closes it for good; the other ways out keep what was written. */
  function giveUp(): void {
    openSheet(null)
    keepModelfile(connection.id, null)
  }

  return (
    <Dialog
      open
      onOpenChange={() => openSheet(null)}
      unsent={written || name !== ''}
      title={t('ollama:createForm.title')}
      initialFocus={field}
      footer={
        <>
          <Button
            type="submit"
            form={id}
            look="prime"
            disabled={wanted === null || text.trim() === '' || reading}
            busy={busy}
          >
            {busy ? t('ollama:createForm.creating') : t('ollama:createForm.create')}
          </Button>
          <Button onClick={giveUp}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} className="fields">
        <div className="fields two">
          <div>
            <label htmlFor={`${id}-name`} className="lbl">
              {t('ollama:createForm.name')}
            </label>
            <input
              id={`${id}-name`}
              ref={field}
              value={name}
              placeholder={t('ollama:createForm.namePlaceholder')}
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              aria-invalid={name.trim() !== '' && wanted === null}
              aria-describedby={`${id}-name-note`}
              onChange={(event) => setName(event.target.value)}
            />
            <p id={`${id}-name-note`} className="s pt-1 min-h-5" aria-live="polite">
              {name.trim() !== '' && wanted === null ? (
                <span className="bad">{t('ollama:copyForm.wrong')}</span>
              ) : replaces && full !== null ? (
                <span className="warn">{t('ollama:createForm.replaces', { name: full })}</span>
              ) : null}
            </p>
          </div>
          <div>
            <span className="lbl">{t('ollama:createForm.starter')}</span>
            <Select
              label={t('ollama:createForm.starter')}
              value={from}
              options={[
                { value: BLANK, label: t('ollama:createForm.blank') },
                ...models.map((model) => ({ value: model.name, label: model.name, hint: model.quantization ?? '' })),
              ]}
              onChange={(next) => (next === from ? undefined : startFrom(next))}
            />
            {replaced === null ? null : (
              <p className="s warn pt-1" role="status">
                {t('ollama:createForm.replaced')}{' '}
                <button type="button" className="link" onClick={() => takeBack(replaced)}>
                  {t('app:undo')}
                </button>
              </p>
            )}
          </div>
        </div>
        <div>
          <ModelfileEditor
            id={`${id}-text`}
            ref={editor}
            value={text}
            problems={problems}
            describedBy={`${id}-hint`}
            disabled={reading}
            onChange={(next) => {
              setText(next)
              // What was wrong with the old text says nothing about the new one.
              if (problems.length > 0) setError(null)
            }}
          />
          {kept ? (
            <p className="s pt-1" role="status">
              {t('ollama:createForm.kept')}{' '}
              <button type="button" className="link" onClick={() => startFrom(BLANK)}>
                {t('ollama:createForm.startOver')}
              </button>
            </p>
          ) : null}
          <p id={`${id}-hint`} className="s m pt-1">
            {reading ? t('ollama:createForm.loading') : t('ollama:createForm.hint')}
          </p>
          {problems.length > 0 ? (
            <div className="problems scroll" role="alert">
              <p className="s bad">{t('ollama:createForm.problems', { count: problems.length })}</p>
              <ul>
                {problems.map((problem) => (
                  <li key={`${problem.line} ${problem.column} ${problem.text}`}>
                    <button type="button" className="link" onClick={() => editor.current?.goTo(problem)}>
                      {t('ollama:createForm.goTo', { line: problem.line })}
                    </button>
                    <span>{problem.text}</span>
                  </li>
                ))}
              </ul>
            </div>
          ) : error === null ? null : (
            <div className="pt-3">
              <ErrorForm error={error} alert />
            </div>
          )}
        </div>
        <div className="row">
          <span>{t('ollama:createForm.quantize')}</span>
          <Select
            side="top"
            label={t('ollama:createForm.quantize')}
            value={quantize}
            options={QUANTIZATIONS.map((value) => ({
              value,
              label: value === '' ? t('ollama:createForm.asIs') : value,
            }))}
            onChange={setQuantize}
          />
        </div>
      </form>
    </Dialog>
  )
}

type Written = Pick<ModelfileDraft, 'from' | 'text'>

/** What the sheet begins with: the unsent text, unless it was opened to start from a model; then that is one step away. */
function beginning(
  connectionId: string,
  starter: string | null,
): ModelfileDraft & { kept: boolean; replaced: Written | null } {
  const draft = useOllamaStore.getState().modelfiles[connectionId] ?? null
  if (starter !== null) return { name: '', from: starter, text: '', kept: false, replaced: draft }
  if (draft !== null) return { ...draft, kept: true, replaced: null }
  return { name: '', from: BLANK, text: BLANK_MODELFILE, kept: false, replaced: null }
}
