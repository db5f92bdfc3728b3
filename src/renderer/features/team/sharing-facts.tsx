import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SharingState } from '#shared/sharing.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { Fingerprint } from './fingerprint.tsx'
import { QrCode } from './qr-code.tsx'
import { epochMs } from './times.ts'

/** While it is shared: how to reach it, what proves that it is this one, and who is here. */
export function SharingFacts({ sharing, invite }: { sharing: SharingState; invite: ReactNode }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(10_000)
  const [best] = sharing.urls
  return (
    <>
      <section className="reach" aria-label={t('reach.title')}>
        <div className="grow">
          <div className="group">
            <h2>{t('reach.title')}</h2>
          </div>
          <ul className="lines">
            {sharing.urls.map((url) => (
              <li key={url}>
                <code className="grow url">{url}</code>
                <CopyButton text={url} what={url} />
              </li>
            ))}
          </ul>
          {sharing.settings.tls ? (
            sharing.fingerprint === null ? null : (
              <>
                <Fingerprint text={sharing.fingerprint} />
                {sharing.certificateExpiresAt === null ? null : (
                  <p className="s m">
                    {t('fingerprint.until', { day: format.day(epochMs(sharing.certificateExpiresAt), now) })}
                  </p>
                )}
              </>
            )
          ) : (
            <p className="s warn pt-2">{t('reach.plain')}</p>
          )}
          <div className="row pt-3">{invite}</div>
        </div>
        {best === undefined ? null : (
          <figure className="reach-qr">
            <QrCode text={best} name={t('reach.qr', { url: best })} />
            <figcaption className="s m">{t('reach.scan')}</figcaption>
          </figure>
        )}
      </section>
      <section aria-label={t('active.title')}>
        <div className="group">
          <h2>{t('active.title')}</h2>
          <span className="m">{t('active.count', { count: sharing.activePeople.length })}</span>
        </div>
        {sharing.activePeople.length === 0 ? (
          <p className="m">{t('active.none')}</p>
        ) : (
          <ul className="lines">
            {sharing.activePeople.map((person) => (
              <li key={person.id}>
                <span className="grow cut">{person.name}</span>
                <span className="s m">{format.ago(epochMs(person.lastSeenAt), now)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  )
}
