import './presets.css'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { usePresetRow } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { PRESETS_PATH, presetIdOf } from './preset-address.ts'
import { PresetEditor } from './preset-editor.tsx'

/** The page of one model, or of one that is not made yet. */
export function PresetEditorPage() {
  // Read anew with every change of the address.
  useLocation()
  const id = presetIdOf(globalThis.location.hash)
  return id === null ? <PresetEditor key="new" row={null} /> : <Saved key={`id:${id}`} id={id} />
}

function Saved({ id }: { id: string }) {
  const { t } = useTranslation(['presets', 'app'])
  const row = usePresetRow(id)
  if (row.data !== undefined) return <PresetEditor row={row.data} />
  const error = row.error === null ? null : toPublicError(row.error)
  return (
    <div className="page">
      <header className="head" />
      <main className="scroll pad" id="main" tabIndex={-1}>
        {error === null ? (
          <p className="m pt-4" role="status">
            {t('app:loading')}
          </p>
        ) : error.code === 'not_found' || error.code === 'model_not_found' ? (
          <EmptyState sentence={t('presets:editor.gone')}>
            <Link href={PRESETS_PATH} className="btn">
              {t('presets:editor.back')}
            </Link>
          </EmptyState>
        ) : (
          <div className="max-w-[656px] pt-6">
            <ErrorForm error={error} alert>
              <div className="row pt-1">
                <Button onClick={() => void row.refetch()}>{t('app:retry')}</Button>
              </div>
            </ErrorForm>
          </div>
        )}
      </main>
    </div>
  )
}
