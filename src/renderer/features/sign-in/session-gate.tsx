import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useLocation, useRoute } from 'wouter'
import type { SessionState } from '#shared/team.ts'
import { onEngineEvent, reconnectNow } from '../../bridge/engine-events.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { askSession, isMember, startOver, useSessionStore } from '../../bridge/session.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { writeLocalDraft } from '../chat/local-draft.ts'
import { AskToJoinPage, FirstAccountPage, JoinPage } from './join-page.tsx'
import { PendingPage } from './pending-page.tsx'
import { SignInPage } from './sign-in-page.tsx'
import { VisitPage } from './visit-page.tsx'

/**
 * Lets members through to the app and everyone else to the page that is for them. When a session ends while someone is
 * at work, the app stays as it is below the sign-in page, so that nothing that was typed is lost; another person who
 * signs in then starts afresh.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const { session, error } = useSessionStore()
  const queries = useQueryClient()
  const me = session?.me ?? null
  const member = isMember(me)
  const id = member ? me.id : null
  /** Whose app is mounted. */
  const [entered, setEntered] = useState<string | null>(null)
  const wasOut = useRef(false)

  useEffect(() => {
    void askSession()
    return onEngineEvent((event) => {
      if (event.type === 'team:changed') void askSession()
    })
  }, [])
  useEffect(() => {
    if (id === null) {
      wasOut.current = entered !== null
      return
    }
    if (entered !== null && entered !== id) {
      // What the one before typed and saw is not for this one.
      writeLocalDraft('')
      startOver()
      return
    }
    if (entered === null) setEntered(id)
    else if (wasOut.current) {
      wasOut.current = false
      void queries.invalidateQueries()
      reconnectNow()
    }
  }, [id, entered, queries])

  if (session === null) return error === null ? <Asking /> : <Unreachable error={error} />
  const mine = member && (entered === null || entered === id)
  return (
    <>
      {mine || entered !== null ? (
        <div className="contents" hidden={!mine} inert={!mine}>
          {children}
        </div>
      ) : null}
      {member ? null : entered === null ? <Visitor session={session} /> : <OnTop session={session} />}
    </>
  )
}

/** The page for someone who is not in, by what they came for. */
function Visitor({ session }: { session: SessionState }) {
  const [location, navigate] = useLocation()
  const [invited, invitation] = useRoute('/join/:secret')
  const waits = session.me !== null
  useEffect(() => {
    if (waits && location !== '/pending') navigate('/pending', { replace: true })
  }, [waits, location, navigate])
  if (session.me !== null) return <PendingPage session={session} me={session.me} />
  if (invited) return <JoinPage secret={invitation.secret} />
  if (session.needsFirstAccount) return <FirstAccountPage />
  if (location === '/join') return <AskToJoinPage session={session} />
  return <SignInPage session={session} />
}

/** The same above an app that is kept: in the browser's top layer, where no sheet of the app can cover it. */
function OnTop({ session }: { session: SessionState }) {
  const { t } = useTranslation('signIn')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    if (shown === null || shown.open) return
    shown.showModal()
    return () => shown.close()
  }, [])
  return createPortal(
    <dialog ref={dialog} className="visit-on-top" aria-label={t('title')} onCancel={(event) => event.preventDefault()}>
      {session.me === null ? <SignInPage session={session} again /> : <PendingPage session={session} me={session.me} />}
    </dialog>,
    document.body,
  )
}

function Asking() {
  const { t } = useTranslation('app')
  return (
    <main className="page" id="main" aria-busy="true">
      <span className="sr" role="status">
        {t('loading')}
      </span>
    </main>
  )
}

function Unreachable({ error }: { error: unknown }) {
  const { t } = useTranslation(['signIn', 'app'])
  return (
    <VisitPage title={t('signIn:unreachable')}>
      <ErrorForm error={toPublicError(error)} alert>
        <div className="row pt-1">
          <Button look="prime" onClick={() => void askSession()}>
            {t('app:retry')}
          </Button>
        </div>
      </ErrorForm>
    </VisitPage>
  )
}
