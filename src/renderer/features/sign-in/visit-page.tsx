import './sign-in.css'
import { ShieldAlert } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useSessionStore } from '../../bridge/session.ts'
import { Trace } from '../../components/trace.tsx'
import { useTitle } from '../../page/use-title.ts'

/** The frame of every page that someone sees who is not (yet) in: whose it is, one heading, one thing to do. */
export function VisitPage({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  const { t, i18n } = useTranslation('app')
  useTitle(title)
  useEffect(() => {
    document.documentElement.lang = i18n.language === 'zh' ? 'zh-Hans' : i18n.language
  }, [i18n.language])
  return (
    <main className="visit scroll" id="main" aria-label={title}>
      <div className="visit-column">
        <p className="row m">
          <Trace places={['here', 'near', 'away']} />
          <b>{t('name')}</b>
        </p>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="lead">{lead}</p>}
        {children}
        <NotEncrypted />
      </div>
    </main>
  )
}

/** Said where what is typed crosses a network in the clear; this computer's own address crosses none. */
function NotEncrypted() {
  const { t } = useTranslation('signIn')
  const encrypted = useSessionStore((store) => store.session?.encrypted ?? true)
  if (encrypted || isThisComputer(globalThis.location.hostname)) return null
  return (
    <p className="clear-text s warn">
      <ShieldAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      <span>{t('notEncrypted')}</span>
    </p>
  )
}

export function isThisComputer(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127(\.\d+){3}$/.test(hostname) ||
    hostname === '[::1]'
  )
}
