import { useTranslation } from 'react-i18next'
import type { GgufFile } from '#shared/models.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useModelActionStore, useModelActions } from './use-model-actions.ts'

/** Files that failed their check, each with its reason and a way to check again. */
export function QuarantinedModels({ files }: { files: readonly GgufFile[] }) {
  const { t } = useTranslation('models')
  if (files.length === 0) return null
  return (
    <section aria-label={t('quarantined')}>
      <div className="group">
        <h2>{t('quarantined')}</h2>
        <span className="m">{t('quarantinedNote')}</span>
      </div>
      <div className="grid gap-3">
        {files.map((file) => (
          <Quarantined key={file.id} file={file} />
        ))}
      </div>
    </section>
  )
}

function Quarantined({ file }: { file: GgufFile }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const actions = useModelActions()
  const busy = useModelActionStore((store) => store.busy[file.id])
  const failed = useModelActionStore((store) => store.errors[file.id])
  return (
    <>
      <ErrorForm
        warn
        error={{
          code: 'model_quarantined',
          message: file.reason ?? t('quarantinedNote'),
          retryable: false,
          detail: file.path,
        }}
        what={file.refusal === null ? undefined : t(`refusal.${file.refusal}`)}
        title={file.id}
        did={t('quarantinedDid')}
        aside={
          <span className="nw">
            {format.bytes(file.sizeBytes)} · {format.day(file.modifiedAt)}
          </span>
        }
      >
        <div className="row pt-1">
          <Button disabled={busy !== undefined} onClick={() => void actions.recheck(file)}>
            {busy === 'recheck' ? t('checkingAgain') : t('checkAgain')}
          </Button>
          {file.source === 'added' ? (
            <Button look="quiet" disabled={busy !== undefined} onClick={() => void actions.forget(file)}>
              {t('remove')}
            </Button>
          ) : null}
        </div>
      </ErrorForm>
      {failed === undefined ? null : <ErrorForm error={failed} alert />}
    </>
  )
}
