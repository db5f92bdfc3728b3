import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { usePresetsStore } from './presets-store.ts'

/** What the last import came to: which models were made, changed, left as they were, and which were refused and why. */
export function ImportSheet() {
  const { t } = useTranslation('presets')
  const outcome = usePresetsStore((store) => store.importOutcome)
  if (outcome === null) return null
  const close = (): void => usePresetsStore.setState({ importOutcome: null })
  const { result, error, name } = outcome
  const nothing =
    result !== null &&
    result.refused.length === 0 &&
    [result.created, result.updated, result.unchanged].every((ids) => ids.length === 0)
  return (
    <Dialog
      open
      onOpenChange={close}
      title={t('imported.title', { name })}
      footer={
        <Button look="prime" onClick={close}>
          {t('imported.close')}
        </Button>
      }
    >
      {error === null ? null : <ErrorForm error={error} can={t('imported.can')} alert />}
      {nothing ? <p className="m">{t('imported.nothing')}</p> : null}
      {result === null ? null : (
        <div className="outcome">
          {(['created', 'updated', 'unchanged'] as const).map((kind) =>
            result[kind].length === 0 ? null : (
              <section key={kind}>
                <h3>{t(`imported.${kind}`, { count: result[kind].length })}</h3>
                <p className="n">{result[kind].join(', ')}</p>
              </section>
            ),
          )}
          {result.refused.length === 0 ? null : (
            <section>
              <h3 className="bad">{t('imported.refused', { count: result.refused.length })}</h3>
              <dl className="reasons">
                {result.refused.map(({ id, reason }, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an id may be refused twice; the list never changes
                  <div key={index}>
                    <dt className="n">{id}</dt>
                    <dd>{reason}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
        </div>
      )}
    </Dialog>
  )
}
