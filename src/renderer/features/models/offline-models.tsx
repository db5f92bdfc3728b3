import { HardDrive } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { GgufFile } from '#shared/models.ts'
import { useFormat } from '../../i18n/format.ts'
import { displayName, quantizationBeside } from './model-view.ts'
import { useModelsStore } from './models-store.ts'

/** Known files that do not answer right now: kept, dated, and shown on request. */
export function OfflineModels({ files }: { files: readonly GgufFile[] }) {
  const { t, i18n } = useTranslation('models')
  // The engine speaks English.
  const english = i18n.language.startsWith('en')
  const format = useFormat()
  const { offlineShown: shown, selected } = useModelsStore()
  if (files.length === 0) return null
  return (
    <section aria-label={t('offlineState')}>
      <p className="row s m min-h-9">
        <HardDrive size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>
          {t('offline', { count: files.length })}{' '}
          <button
            type="button"
            className="link"
            aria-expanded={shown}
            onClick={() => useModelsStore.setState({ offlineShown: !shown })}
          >
            {shown ? t('offlineHide') : t('offlineShow')}
          </button>
        </span>
      </p>
      {shown ? (
        <ul>
          {files.map((file) => (
            <li key={file.id} className="row min-h-9 border-b border-line">
              <button
                type="button"
                className="link cut"
                aria-pressed={file.id === selected}
                onClick={() => useModelsStore.setState({ selected: file.id })}
              >
                {displayName(file)}
              </button>
              <span className="n m">{quantizationBeside(file.id, file.facts?.quantization)}</span>
              <span className="m cut grow">{(english ? file.reason : null) ?? file.path}</span>
              <span className="s m nw">{t('offlineSince', { date: format.day(file.modifiedAt) })}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
