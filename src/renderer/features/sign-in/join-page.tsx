import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { SessionState } from '#shared/team.ts'
import { SignUpForm } from './sign-up-form.tsx'
import { VisitPage } from './visit-page.tsx'

/** The way in by an invitation's link. Whether it still counts is decided when the account is made. */
export function JoinPage({ secret }: { secret: string }) {
  const { t } = useTranslation('signIn')
  return (
    <VisitPage title={t('join.title')} lead={t('join.lead')}>
      <SignUpForm invite={secret} words={{ submit: t('join.submit'), busy: t('join.busy') }} />
      <p className="visit-note m">
        <Link href="/sign-in">{t('haveAccount')}</Link>
      </p>
    </VisitPage>
  )
}

/** The way in without an invitation: at once, or to wait for an administrator, or not at all. */
export function AskToJoinPage({ session }: { session: SessionState }) {
  const { t } = useTranslation('signIn')
  if (session.signUp === 'closed') {
    return (
      <VisitPage title={t('ask.closedTitle')} lead={t('closed')}>
        <p className="visit-note">
          <Link href="/sign-in" className="btn">
            {t('haveAccount')}
          </Link>
        </p>
      </VisitPage>
    )
  }
  const open = session.signUp === 'open'
  return (
    <VisitPage title={t(open ? 'ask.openTitle' : 'ask.title')} lead={t(open ? 'ask.openLead' : 'ask.lead')}>
      <SignUpForm words={{ submit: t(open ? 'ask.openSubmit' : 'ask.submit'), busy: t('ask.busy') }} />
      <p className="visit-note m">
        <Link href="/sign-in">{t('haveAccount')}</Link>
      </p>
    </VisitPage>
  )
}

/** Nobody has an account yet: whoever makes the first one administers this Switchyard. */
export function FirstAccountPage() {
  const { t } = useTranslation('signIn')
  return (
    <VisitPage title={t('first.title')} lead={t('first.lead')}>
      <SignUpForm words={{ submit: t('first.submit'), busy: t('first.busy') }} />
    </VisitPage>
  )
}
