import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Me } from '../../bridge/session.ts'
import { VisitPage } from './visit-page.tsx'

/** An invitation's link, opened by someone who is in already: it stays unused. */
export function AlreadyInPage({ me }: { me: Me }) {
  const { t } = useTranslation('signIn')
  return (
    <VisitPage title={t('already.title')} lead={me.isOwner ? t('already.owner') : t('already.lead', { name: me.name })}>
      <p className="visit-note">
        <Link href="/" className="btn prime big">
          {t('already.go')}
        </Link>
      </p>
    </VisitPage>
  )
}
