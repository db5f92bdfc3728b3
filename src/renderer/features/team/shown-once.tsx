import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/copy-button.tsx'
import { QrCode } from './qr-code.tsx'

/** A secret that nobody can show again: to be copied now. */
export function ShownOnce({
  secret,
  what,
  sentence,
  qr,
}: {
  secret: string
  what: string
  sentence: string
  /** Name of its QR code, where it is a link. */
  qr?: string | undefined
}) {
  const { t } = useTranslation('team')
  return (
    <div className="shown-once">
      <p>
        <b>{t('once')}</b> {sentence}
      </p>
      <div className="secret">
        <code className="grow">{secret}</code>
        <CopyButton text={secret} what={what} quiet={false} />
      </div>
      {qr === undefined ? null : <QrCode text={secret} name={qr} />}
    </div>
  )
}
