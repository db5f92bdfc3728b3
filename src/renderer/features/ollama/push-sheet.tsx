import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { readModelName } from './model-name.ts'
import { openSheet } from './ollama-store.ts'
import type { SheetProps } from './sheet-props.ts'
import { useModelActions } from './use-model-actions.ts'

/** Pushes a model to the registry that its name leads to. A name that leads nowhere is said so before it is tried. */
export function PushSheet({ connection, models, model }: SheetProps & { model: string }) {
  const { t } = useTranslation(['ollama', 'app'])
  const format = useFormat()
  const actions = useModelActions(connection.id)
  const go = useRef<HTMLButtonElement>(null)
  const [insecure, setInsecure] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const size = models.find(({ name }) => name === model)?.sizeBytes ?? 0
  const name = readModelName(model)
  const nameless = name !== null && name.host === 'ollama.com' && name.namespace === ''
  const start = async (): Promise<void> => {
    const failed = await actions.start(() =>
      client.jobs.push({ connectionId: connection.id, model, ...(insecure ? { insecure } : {}) }),
    )
    setError(failed)
    if (failed === null) openSheet(null)
  }
  return (
    <Dialog
      open
      onOpenChange={() => openSheet(null)}
      title={t('ollama:pushForm.title', { name: model })}
      initialFocus={go}
      footer={
        <>
          {nameless ? (
            <Button ref={go} look="prime" onClick={() => openSheet({ kind: 'copy', model })}>
              {t('ollama:pushForm.makeCopy')}
            </Button>
          ) : (
            <Button ref={go} look="prime" onClick={() => void start()}>
              {t('ollama:pushForm.push')}
            </Button>
          )}
          <Button onClick={() => openSheet(null)}>{t('app:cancel')}</Button>
        </>
      }
    >
      {nameless ? (
        <p className="pb-2">{t('ollama:pushForm.noNamespace', { name: model })}</p>
      ) : (
        <>
          <p className="m pb-2">{t('ollama:pushForm.lead', { size: format.bytes(size) })}</p>
          {name === null ? null : (
            <p className="pb-2 wrap-anywhere">
              {t('ollama:pushForm.to', { host: name.host, name: `${name.namespace}/${name.model}:${name.tag}` })}
            </p>
          )}
          {name?.host === 'ollama.com' ? <p className="s m">{t('ollama:pushForm.account')}</p> : null}
          <details>
            <summary>{t('ollama:pullForm.more')}</summary>
            <label className="check pt-2">
              <input type="checkbox" checked={insecure} onChange={(event) => setInsecure(event.target.checked)} />
              <span>{t('ollama:pullForm.insecure')}</span>
            </label>
          </details>
        </>
      )}
      {error === null ? null : (
        <div className="pt-3">
          <ErrorForm error={error} alert />
        </div>
      )}
    </Dialog>
  )
}
