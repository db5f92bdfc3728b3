import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { SessionState } from '#shared/team.ts'
import { SignInForm } from './sign-in-form.tsx'
import { VisitPage } from './visit-page.tsx'

/** Asks who this is; `again` where a session ended while someone was at work. */
export function SignInPage({ session, again }: { session: SessionState; again?: boolean | undefined }) {
  const { t } = useTranslation('signIn')
  return (
    <VisitPage title={t('title')} lead={again ? t('again') : t('lead')}>
      <ProviderRefusal />
      <SignInForm session={session} />
      {again ? null : (
        <p className="visit-note m">
          {session.signUp === 'closed' ? (
            t('closed')
          ) : (
            <Link href="/join">{t(session.signUp === 'open' ? 'makeAccount' : 'askToJoin')}</Link>
          )}
        </p>
      )}
    </VisitPage>
  )
}

/** What came of signing in elsewhere, when it came to nothing: the server tells its code in the address. */
function ProviderRefusal() {
  const { t } = useTranslation('signIn')
  const [code] = useState(() => new URLSearchParams(globalThis.location.search).get('oauth_error'))
  if (code === null) return null
  return (
    <p className="bad visit-note" role="alert">
      {t(code === 'forbidden' ? 'elsewhere.closed' : code === 'auth_failed' ? 'elsewhere.refused' : 'elsewhere.failed')}
    </p>
  )
}
