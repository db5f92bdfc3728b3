import { FileDown, X } from 'lucide-react'
import { type FormEvent, type RefObject, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { desktop } from '../../bridge/desktop.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Progress } from '../../components/progress.tsx'
import { useFormat } from '../../i18n/format.ts'
import { cancelUpload, importFiles, importPaths } from './import-files.ts'
import { showImport, type Upload, useImportStore } from './import-store.ts'

/** The import sheet: by path, by choosing files, by drop; what was refused is shown with its reason. */
export function ImportDialog() {
  const { t } = useTranslation('models')
  const state = useImportStore()
  const path = useRef<HTMLInputElement>(null)
  return (
    <Dialog open={state.open} onOpenChange={showImport} title={t('add.title')} initialFocus={path}>
      <p className="m pb-3">{t('add.lead')}</p>
      <PathForm adding={state.adding} field={path} />
      <FileChooser />
      {state.uploads.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
      <Outcome />
    </Dialog>
  )
}

function PathForm({ adding, field }: { adding: boolean; field: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation('models')
  const id = useId()
  const [path, setPath] = useState('')
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const wanted = path.trim()
    if (wanted === '') return
    useImportStore.setState({ result: null })
    await importPaths([wanted])
    const { error, result } = useImportStore.getState()
    if (error === null && (result?.refused.length ?? 0) === 0) setPath('')
  }
  return (
    <form onSubmit={submit}>
      <label htmlFor={id} className="block pb-1">
        {t('add.path')}
      </label>
      <div className="row">
        <input
          id={id}
          ref={field}
          className="grow"
          value={path}
          placeholder={t('add.pathPlaceholder')}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setPath(event.target.value)}
        />
        <Button type="submit" look="prime" disabled={adding || path.trim() === ''}>
          {adding ? t('add.adding') : t('add.add')}
        </Button>
      </div>
    </form>
  )
}

function FileChooser() {
  const { t } = useTranslation('models')
  const input = useRef<HTMLInputElement>(null)
  const inBrowser = desktop() === null
  return (
    <div className="pt-3 pb-1">
      <div className="row flex-wrap">
        <Button
          icon={<FileDown size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => input.current?.click()}
        >
          {inBrowser ? t('add.chooseUpload') : t('add.choose')}
        </Button>
        <span className="m">{t('add.drop')}</span>
      </div>
      {inBrowser ? <p className="s m pt-2">{t('add.uploadNote')}</p> : null}
      <input
        ref={input}
        type="file"
        multiple
        accept=".gguf"
        hidden
        aria-label={t('add.choose')}
        onChange={(event) => {
          void importFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </div>
  )
}

function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useTranslation(['models', 'errors'])
  const format = useFormat()
  if (upload.state === 'cancelled') return null
  if (upload.error !== null) {
    return (
      <div className="pt-3">
        <ErrorForm error={upload.error} title={upload.name} can={canInstead(upload.error, t('models:add.can'))} alert />
      </div>
    )
  }
  return (
    <div className="row min-h-9 border-b border-line">
      <span className="cut grow">{upload.name}</span>
      <span className="n m nw">
        {upload.state === 'done'
          ? t('models:add.uploadDone')
          : t('models:add.uploading', { done: format.bytes(upload.sent), total: format.bytes(upload.total) })}
      </span>
      {upload.state === 'sending' ? (
        <>
          <span className="w-30">
            <Progress value={upload.total === 0 ? null : upload.sent / upload.total} label={upload.name} />
          </span>
          <IconButton
            label={t('models:add.cancel', { name: upload.name })}
            icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => cancelUpload(upload.id)}
          />
        </>
      ) : null}
    </div>
  )
}

/** What is wrong with a file cannot be corrected here; another one can be chosen. */
function canInstead(error: PublicError, sentence: string): string | undefined {
  return error.code === 'invalid_request' ? sentence : undefined
}

function Outcome() {
  const { t } = useTranslation('models')
  const { result, error, adding } = useImportStore()
  if (error !== null) {
    return (
      <div className="pt-3">
        <ErrorForm error={error} can={canInstead(error, t('add.can'))} alert />
      </div>
    )
  }
  if (result === null || adding) return null
  const { added, refused } = result
  return (
    <div className="pt-3" role="status">
      {added.length > 0 ? (
        <p>
          <b>{t('add.added', { count: added.length })}</b>{' '}
          <span className="m">{added.map((file) => file.id).join(', ')}</span>
        </p>
      ) : null}
      {added.length === 0 && refused.length === 0 ? <p className="m">{t('add.nothing')}</p> : null}
      {refused.length > 0 ? <p className="pt-2 pb-2">{t('add.refused', { count: refused.length })}</p> : null}
      {refused.map((file) => (
        <ErrorForm
          key={file.path}
          error={file.error}
          can={canInstead(file.error, t('add.can'))}
          aside={<span className="cut">{file.path}</span>}
        />
      ))}
    </div>
  )
}
