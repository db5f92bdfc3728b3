import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { showToast } from '../../components/toasts.tsx'
import { readModelName } from './model-name.ts'
import { openSheet, useOllamaStore } from './ollama-store.ts'
import type { SheetProps } from './sheet-props.ts'
import { useModelActions } from './use-model-actions.ts'

/** Gives a model another name, beside its own or instead of it. A name that is taken must be confirmed. */
export function CopySheet({ connection, models, model }: SheetProps & { model: string }) {
  const { t } = useTranslation(['ollama', 'app'])
  const actions = useModelActions(connection.id)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [mode, setMode] = useState<'copy' | 'rename'>('copy')
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const [half, setHalf] = useState(false)
  const name = readModelName(typed)
  const full = name?.full ?? null
  const same = full === model
  const taken = !same && models.some((one) => one.name === full)
  const wrong =
    typed.trim() === '' ? null : name === null ? t('ollama:copyForm.wrong') : same ? t('ollama:copyForm.same') : null

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (full === null || same || busy) return
    setBusy(true)
    setError(null)
    let copied = false
    try {
      await actions.copy(model, full)
      copied = true
      if (mode === 'rename') await actions.remove(model)
      else showToast({ text: t('ollama:copyForm.copied', { name: full }) })
      useOllamaStore.setState(({ selected }) => (selected === null ? {} : { selected: full }))
      openSheet(null)
    } catch (thrown) {
      setHalf(copied)
      setError(toPublicError(thrown))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={() => openSheet(null)}
      unsent={typed !== ''}
      title={t('ollama:copyForm.title', { name: model })}
      initialFocus={field}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={full === null || same} busy={busy}>
            {taken && full !== null
              ? t('ollama:copyForm.replace', { name: full })
              : t(mode === 'copy' ? 'ollama:copyForm.copy' : 'ollama:copyForm.rename')}
          </Button>
          <Button onClick={() => openSheet(null)}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} className="fields">
        <Segmented
          label={t('ollama:copyForm.mode')}
          value={mode}
          options={[
            { value: 'copy', label: t('ollama:copyForm.copy') },
            { value: 'rename', label: t('ollama:copyForm.rename') },
          ]}
          onChange={setMode}
        />
        <div>
          <label htmlFor={`${id}-name`} className="lbl">
            {t('ollama:copyForm.label')}
          </label>
          <input
            id={`${id}-name`}
            ref={field}
            value={typed}
            placeholder={model}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            aria-invalid={wrong !== null}
            aria-describedby={`${id}-note`}
            onChange={(event) => setTyped(event.target.value)}
          />
          <p id={`${id}-note`} className="s pt-1 min-h-5" aria-live="polite">
            {wrong !== null ? (
              <span className="bad">{wrong}</span>
            ) : taken && full !== null ? (
              <span className="warn">{t('ollama:copyForm.taken', { name: full })}</span>
            ) : null}
          </p>
        </div>
        <p className="s m">{mode === 'copy' ? t('ollama:copyForm.copyNote') : t('ollama:copyForm.renameNote')}</p>
        {error === null ? null : half ? (
          <ErrorForm
            error={error}
            alert
            title={t('ollama:copyForm.halfRenamed')}
            did={t('ollama:copyForm.halfRenamedDid')}
            can={t('ollama:copyForm.halfRenamedCan', { name: model })}
          />
        ) : (
          <ErrorForm error={error} alert />
        )}
      </form>
    </Dialog>
  )
}
