import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { sameFiles } from './model-list.ts'
import { openSheet } from './ollama-store.ts'
import type { SheetProps } from './sheet-props.ts'
import { useModelActions } from './use-model-actions.ts'

/** Asks before a model is deleted, and says how much disk that frees. */
export function RemoveSheet({ connection, models, model: name }: SheetProps & { model: string }) {
  const { t } = useTranslation('ollama')
  const format = useFormat()
  const actions = useModelActions(connection.id)
  const keep = useRef<HTMLButtonElement>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const model = models.find((one) => one.name === name)
  const same = model === undefined ? [] : sameFiles(models, model)
  return (
    <Dialog
      open
      onOpenChange={() => openSheet(null)}
      title={t('removeForm.title', { name })}
      initialFocus={keep}
      footer={
        <>
          <Button
            look="prime"
            busy={busy}
            onClick={async () => {
              setBusy(true)
              setError(null)
              try {
                await actions.remove(name)
                openSheet(null)
              } catch (thrown) {
                setError(toPublicError(thrown))
                setBusy(false)
              }
            }}
          >
            {busy ? t('removeForm.deleting') : t('removeForm.delete')}
          </Button>
          <Button ref={keep} onClick={() => openSheet(null)}>
            {t('removeForm.keep')}
          </Button>
        </>
      }
    >
      <div className="fields">
        {model === undefined ? null : (
          <p>
            {same.length > 0
              ? t('removeForm.freesNothing', { names: same.join(', ') })
              : t('removeForm.frees', { size: format.bytes(model.sizeBytes), server: connection.title })}
          </p>
        )}
        {model?.running ? <p>{t('removeForm.loaded')}</p> : null}
        <p className="m">{t('removeForm.again')}</p>
        {error === null ? null : <ErrorForm error={error} alert />}
      </div>
    </Dialog>
  )
}
