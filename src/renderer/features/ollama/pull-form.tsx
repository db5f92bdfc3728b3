import { type FormEvent, type RefObject, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionView } from '#shared/connections.ts'
import type { PublicError } from '#shared/errors.ts'
import type { OllamaModel } from '#shared/jobs.ts'
import { client } from '../../bridge/client.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { type ModelName, readModelNames } from './model-name.ts'
import { keepPull, useOllamaStore } from './ollama-store.ts'
import { useModelActions } from './use-model-actions.ts'

/** What names look like; each fills the field. */
const FORMS = [
  { key: 'tag', example: 'llama3.2:3b' },
  { key: 'user', example: 'somebody/qwen3-tools:8b' },
  { key: 'hf', example: 'hf.co/somebody/Qwen3-4B-GGUF:Q4_K_M' },
  { key: 'host', example: 'registry.example.org/team/model' },
] as const

/**
 * Pulls one or several models by name. Says where a name leads before anything is asked. What was typed is kept until it
 * is sent: Escape, or another page, does not take it away.
 */
export function PullForm({
  connection,
  models,
  field,
  onStarted,
}: {
  connection: ConnectionView
  models: readonly OllamaModel[]
  field?: RefObject<HTMLInputElement | null>
  onStarted?: () => void
}) {
  const { t } = useTranslation('ollama')
  const actions = useModelActions(connection.id)
  const id = useId()
  const typed = useOllamaStore((store) => store.pulls[connection.id] ?? '')
  const [insecure, setInsecure] = useState(false)
  const [checked, setChecked] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const { names, wrong } = readModelNames(typed)
  // Names that were kept from an earlier time: the next key writes over them, an arrow goes on in them.
  useEffect(() => field?.current?.select(), [field])

  function type(text: string): void {
    keepPull(connection.id, text)
    setChecked(false)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setChecked(true)
    if (wrong !== null || names.length === 0) return
    setError(null)
    for (const { text } of names) {
      const failed = await actions.start(() =>
        client.jobs.pull({ connectionId: connection.id, model: text, ...(insecure ? { insecure } : {}) }),
      )
      if (failed !== null) return setError(failed)
    }
    announce(t('pullForm.started', { names: names.map(({ text }) => text).join(', ') }))
    type('')
    onStarted?.()
  }

  return (
    <form onSubmit={submit}>
      <label htmlFor={id} className="lbl">
        {t('pullForm.label')}
      </label>
      <div className="row">
        <input
          id={id}
          ref={field}
          className="grow"
          value={typed}
          placeholder={t('pullForm.placeholder')}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          aria-invalid={checked && wrong !== null}
          aria-describedby={`${id}-note`}
          onChange={(event) => type(event.target.value)}
        />
        <Button type="submit" look="prime" disabled={typed.trim() === ''}>
          {t('pull')}
        </Button>
      </div>
      <div id={`${id}-note`} className="s m pt-1 min-h-5" aria-live="polite">
        {checked && wrong !== null ? (
          <p className="bad">{t('pullForm.wrong', { name: wrong })}</p>
        ) : (
          names.map((name) => <Leads key={name.text} name={name} models={models} />)
        )}
      </div>
      {error === null ? null : (
        <div className="py-2">
          <ErrorForm error={error} alert />
        </div>
      )}
      <h3 className="pt-2">{t('pullForm.forms')}</h3>
      <ul className="forms">
        {FORMS.map(({ key, example }) => (
          <li key={key}>
            <button
              type="button"
              onClick={(event) => {
                type(example)
                event.currentTarget.form?.querySelector('input')?.focus()
              }}
            >
              <span className="n wrap-anywhere">{example}</span>
              <span className="s m">{t(`pullForm.form.${key}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('pullForm.more')}</summary>
        <label className="check pt-2">
          <input type="checkbox" checked={insecure} onChange={(event) => setInsecure(event.target.checked)} />
          <span>{t('pullForm.insecure')}</span>
        </label>
      </details>
    </form>
  )
}

/** Where a name leads, and that it is there already. */
function Leads({ name, models }: { name: ModelName; models: readonly OllamaModel[] }) {
  const { t } = useTranslation('ollama')
  const { host, namespace, model, tag, full } = name
  return (
    <p className="wrap-anywhere">
      {t('pullForm.from', { host, model: namespace === '' ? model : `${namespace}/${model}`, tag })}
      {models.some((one) => one.name === full) ? ` · ${t('pullForm.installed', { name: full })}` : ''}
    </p>
  )
}
