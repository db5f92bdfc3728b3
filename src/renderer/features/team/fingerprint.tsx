import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/copy-button.tsx'

/** The certificate's fingerprint, in groups that can be read out and compared. */
export function Fingerprint({ text }: { text: string }) {
  const { t } = useTranslation('team')
  return (
    <div className="fingerprint">
      <span className="s m">{t('fingerprint.label')}</span>
      <code>
        {groupsOf(text).map((group) => (
          <span key={group}>{group}</span>
        ))}
      </code>
      <div className="row">
        <span className="s m grow">{t('fingerprint.compare')}</span>
        <CopyButton text={text} what={t('fingerprint.label')} />
      </div>
    </div>
  )
}

/** Eight bytes to a group: four groups for SHA-256, each with the colon that leads on to the next. */
function groupsOf(fingerprint: string): string[] {
  return fingerprint.match(/(?:[0-9A-F]{2}:?){1,8}/gi) ?? [fingerprint]
}
