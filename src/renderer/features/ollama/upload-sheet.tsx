import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { desktop } from '../../bridge/desktop.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useFormat } from '../../i18n/format.ts'
import { nameFromFile, readModelName } from './model-name.ts'
import { openSheet } from './ollama-store.ts'
import type { SheetProps } from './sheet-props.ts'
import { uploadGguf } from './upload-store.ts'
import { useModelActions } from './use-model-actions.ts'

/** Makes a model of the server out of a GGUF file: one that is chosen, or one on the engine's machine by its path. */
export function UploadSheet({ connection, models }: SheetProps) {
  const { t } = useTranslation(['ollama', 'app'])
  const format = useFormat()
  const actions = useModelActions(connection.id)
  const id = useId()
  const chooser = useRef<HTMLInputElement>(null)
  const choose = useRef<HTMLButtonElement>(null)
  const [how, setHow] = useState<'file' | 'path'>('file')
  const [file, setFile] = useState<File | null>(null)
  const [path, setPath] = useState('')
  const [name, setName] = useState('')
  const [named, setNamed] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const wanted = readModelName(name)
  const full = wanted?.full ?? null
  const notGguf = how === 'file' && file !== null && !/\.gguf$/i.test(file.name)
  const ready = wanted !== null && (how === 'file' ? file !== null && !notGguf : path.trim() !== '')

  function suggest(fileName: string): void {
    if (!named) setName(nameFromFile(fileName))
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!ready || wanted === null || busy) return
    setBusy(true)
    setError(null)
    const target = { connectionId: connection.id, model: wanted.text }
    if (how === 'path') {
      const failed = await actions.start(() => client.jobs.upload({ ...target, path: path.trim() }))
      setError(failed)
      setBusy(false)
      if (failed === null) openSheet(null)
    } else if (file !== null && desktop() !== null) {
      try {
        await uploadGguf({ ...target, file })
        openSheet(null)
      } catch (thrown) {
        setError(toPublicError(thrown))
        setBusy(false)
      }
    } else if (file !== null) {
      // Its progress and its outcome are shown among the jobs.
      void uploadGguf({ ...target, file })
      openSheet(null)
    }
  }

  return (
    <Dialog
      open
      onOpenChange={() => openSheet(null)}
      unsent={file !== null || path !== '' || name !== ''}
      title={t('ollama:uploadForm.title')}
      initialFocus={choose}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={!ready} busy={busy}>
            {t('ollama:uploadForm.upload')}
          </Button>
          <Button onClick={() => openSheet(null)}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} className="fields">
        <p className="m">{t('ollama:uploadForm.lead', { server: connection.title })}</p>
        <Segmented
          label={t('ollama:uploadForm.how')}
          value={how}
          options={[
            { value: 'file', label: t('ollama:uploadForm.byFile') },
            { value: 'path', label: t('ollama:uploadForm.byPath') },
          ]}
          onChange={setHow}
        />
        {how === 'file' ? (
          <div>
            <div className="row">
              <Button ref={choose} onClick={() => chooser.current?.click()}>
                {file === null ? t('ollama:uploadForm.choose') : t('ollama:uploadForm.chooseOther')}
              </Button>
              <span className={file === null ? 'm' : 'cut'}>{file?.name ?? t('ollama:uploadForm.noFile')}</span>
              {file === null ? null : <span className="n m nw">{format.bytes(file.size)}</span>}
            </div>
            {notGguf && file !== null ? (
              <p className="s bad pt-1" role="alert">
                {t('ollama:uploadForm.notGguf', { name: file.name })}
              </p>
            ) : (
              <p className="s m pt-2">
                {desktop() === null ? t('ollama:uploadForm.browserNote') : t('ollama:uploadForm.desktopNote')}
              </p>
            )}
            <input
              ref={chooser}
              type="file"
              accept=".gguf"
              hidden
              aria-label={t('ollama:uploadForm.file')}
              onChange={(event) => {
                const chosen = event.target.files?.[0] ?? null
                event.target.value = ''
                if (chosen === null) return
                setFile(chosen)
                suggest(chosen.name)
              }}
            />
          </div>
        ) : (
          <div>
            <label htmlFor={`${id}-path`} className="lbl">
              {t('ollama:uploadForm.path')}
            </label>
            <input
              id={`${id}-path`}
              value={path}
              placeholder={t('ollama:uploadForm.pathPlaceholder')}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => {
                setPath(event.target.value)
                suggest(event.target.value.trim().split(/[/\\]/).at(-1) ?? '')
              }}
            />
          </div>
        )}
        <div>
          <label htmlFor={`${id}-name`} className="lbl">
            {t('ollama:uploadForm.name')}
          </label>
          <input
            id={`${id}-name`}
            value={name}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            aria-invalid={name.trim() !== '' && wanted === null}
            aria-describedby={`${id}-note`}
            onChange={(event) => {
              setName(event.target.value)
              setNamed(event.target.value !== '')
            }}
          />
          <p id={`${id}-note`} className="s pt-1 min-h-5" aria-live="polite">
            {name.trim() !== '' && wanted === null ? (
              <span className="bad">{t('ollama:copyForm.wrong')}</span>
            ) : full !== null && models.some((one) => one.name === full) ? (
              <span className="warn">{t('ollama:createForm.replaces', { name: full })}</span>
            ) : null}
          </p>
        </div>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
