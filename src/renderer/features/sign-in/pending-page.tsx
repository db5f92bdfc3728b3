import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionState } from '#shared/team.ts'
import { signOut } from '../../bridge/accounts.ts'
import { askSession, type Me, startOver } from '../../bridge/session.ts'
import { Button } from '../../components/button.tsx'
import { RefusalLine } from './refusal.tsx'
import { useAttempt } from './use-attempt.ts'
import { VisitPage } from './visit-page.tsx'

/** ms between two looks whether someone was let in. */
const LOOK_EVERY = 5000

/** For someone who has an account and waits for an administrator. It notices by itself when the wait is over. */
export function PendingPage({ session, me }: { session: SessionState; me: Me }) {
  const { t } = useTranslation('signIn')
  const { busy, error, attempt } = useAttempt()
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') void askSession()
    }
    const timer = setInterval(look, LOOK_EVERY)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  const { title, text, adminName, adminEmail } = session.pending
  return (
    <VisitPage
      title={title === '' ? t('pending.title') : title}
      lead={<span className="whitespace-pre-line">{text === '' ? t('pending.text') : text}</span>}
    >
      {adminName === '' ? null : (
        <p className="visit-note">
          {t('pending.admin', { name: adminName })}
          {adminEmail === '' ? null : (
            <>
              {' '}
              <a href={`mailto:${adminEmail}`}>{adminEmail}</a>
            </>
          )}
        </p>
      )}
      <p className="visit-note m" role="status">
        {t('pending.looks')}
      </p>
      <RefusalLine error={error} />
      <div className="row visit-foot">
        <span className="m cut">{t('signedInAs', { name: me.email === '' ? me.name : me.email })}</span>
        <Button
          className="end"
          disabled={busy}
          onClick={async () => {
            if (await attempt(signOut)) startOver()
          }}
        >
          {t('signOut')}
        </Button>
      </div>
    </VisitPage>
  )
}
