import { CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'

export interface ErrorFormProps {
  error: PublicError
  /** What failed, where the code's own name is too general. */
  title?: ReactNode
  /** What happened, in the window's language, where more is known than the code says; the engine's own words are English. */
  what?: ReactNode
  /** What the app did about it, where the code's own sentence does not fit. */
  did?: ReactNode
  /** What the person can do, where the code's own sentence does not fit. */
  can?: ReactNode
  /** Quiet text at the right of the head: connection, time. */
  aside?: ReactNode
  /** A warning: work goes on, with less. */
  warn?: boolean | undefined
  /** Choices, as `.opt` rows or buttons. */
  children?: ReactNode
  /** Says it at once to screen readers; leave out for errors that were there before. */
  alert?: boolean | undefined
}

/** What happened, what we did, what you can do; details last. Shown where it happened. */
export function ErrorForm({ error, title, what, did, can, aside, warn, children, alert }: ErrorFormProps) {
  const { t, i18n } = useTranslation(['errors', 'app'])
  const english = i18n.language.startsWith('en')
  // The engine speaks English. Elsewhere its sentence moves to the details and the code's sentence stands for it.
  const happened = english ? error.message : (what ?? t(`errors:${error.code}.what`))
  const facts = [
    error.code,
    error.requestId === undefined ? null : t('app:request', { id: error.requestId }),
    english ? null : error.message,
    error.detail ?? null,
  ].filter((fact) => fact !== null)
  const Icon = warn ? TriangleAlert : CircleX
  return (
    <div className={warn ? 'err w' : 'err'} {...(alert ? { role: 'alert' } : {})}>
      <div className="title">
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
        <b>{title ?? t(`errors:${error.code}.title`)}</b>
        {aside === undefined ? null : <span className="end s m">{aside}</span>}
      </div>
      <p className="form">
        <b>{t('app:whatHappened')}</b>
        <span>{happened}</span>
      </p>
      <p className="form">
        <b>{t('app:whatWeDid')}</b>
        <span>{did ?? t(`errors:${error.code}.did`)}</span>
      </p>
      <p className="form">
        <b>{t('app:whatYouCanDo')}</b>
        <span>{can ?? t(`errors:${error.code}.can`)}</span>
      </p>
      {children === undefined ? null : <div className="opts">{children}</div>}
      <details>
        <summary>{t('app:details')}</summary>
        <pre>{facts.join('\n')}</pre>
      </details>
    </div>
  )
}
