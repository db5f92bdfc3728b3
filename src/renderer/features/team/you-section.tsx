import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_PASSWORD_BYTES, MIN_PASSWORD } from '#shared/team.ts'
import { changeName, changePassword } from '../../bridge/accounts.ts'
import { client } from '../../bridge/client.ts'
import { askSession, useMe } from '../../bridge/session.ts'
import { useOwnSessions } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Tag } from '../../components/tag.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { passwordFlaw } from '../sign-in/check-account.ts'
import { FormLine } from '../sign-in/form-line.tsx'
import { RefusalLine } from '../sign-in/refusal.tsx'
import { useAttempt } from '../sign-in/use-attempt.ts'
import { ConfirmSheet } from './confirm-sheet.tsx'
import { Loaded } from './loaded.tsx'
import { epochMs } from './times.ts'

/** One's own account: name, password, and where one is signed in. */
export function YouSection() {
  const { t } = useTranslation('team')
  const me = useMe()
  if (me === null) return null
  return (
    <main className="scroll" id="main" tabIndex={-1} aria-label={t('section.you')}>
      <div className="sets">
        <section aria-label={t('you.profile')}>
          <h2>{t('you.profile')}</h2>
          <Profile
            key={me.name}
            name={me.name}
            email={me.email}
            picture={me.profileImageUrl}
            role={t(`role.${me.role}`)}
          />
        </section>
        <section aria-label={t('you.password')}>
          <h2>{t('you.password')}</h2>
          <OwnPassword />
        </section>
        <section aria-label={t('you.sessions')}>
          <h2>{t('you.sessions')}</h2>
          <OwnSessions personId={me.id} />
        </section>
      </div>
    </main>
  )
}

function Profile({ name, email, picture, role }: { name: string; email: string; picture: string; role: string }) {
  const { t } = useTranslation(['team', 'signIn'])
  const [typed, setTyped] = useState(name)
  const { busy, error, attempt } = useAttempt()
  const changed = typed.trim() !== '' && typed.trim() !== name
  return (
    <form
      className="own-form"
      onSubmit={async (event: FormEvent) => {
        event.preventDefault()
        if (changed && !busy && (await attempt(() => changeName(typed.trim(), picture)))) {
          announce(t('team:you.nameDone'))
        }
      }}
    >
      <p className="m">
        {email} · {role}
      </p>
      <FormLine label={t('signIn:name')} autoComplete="name" maxLength={200} value={typed} onChange={setTyped} />
      <RefusalLine error={error} />
      <div className="row">
        <Button type="submit" disabled={!changed || busy}>
          {t('team:save')}
        </Button>
      </div>
    </form>
  )
}

function OwnPassword() {
  const { t } = useTranslation(['team', 'signIn'])
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [tried, setTried] = useState(false)
  const [done, setDone] = useState(false)
  const { busy, error, attempt } = useAttempt()
  const flaw = passwordFlaw(next)
  return (
    <form
      className="own-form"
      noValidate
      onSubmit={async (event: FormEvent) => {
        event.preventDefault()
        setTried(true)
        setDone(false)
        if (flaw !== null || current === '' || busy) return
        if (!(await attempt(() => changePassword(current, next)))) return
        setCurrent('')
        setNext('')
        setTried(false)
        setDone(true)
      }}
    >
      <FormLine
        label={t('team:you.currentPassword')}
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <FormLine
        label={t('team:you.newPassword')}
        type="password"
        autoComplete="new-password"
        value={next}
        hint={t('signIn:passwordHint', { count: MIN_PASSWORD })}
        complaint={
          !tried || flaw === null
            ? null
            : flaw === 'short'
              ? t('signIn:flaw.short', { count: MIN_PASSWORD })
              : t('signIn:flaw.long', { count: MAX_PASSWORD_BYTES })
        }
        onChange={setNext}
      />
      <RefusalLine error={error} />
      <div className="row">
        <Button type="submit" disabled={busy || current === '' || next === ''}>
          {t('team:you.changePassword')}
        </Button>
        {done ? (
          <span className="m" role="status">
            {t('team:you.passwordDone')}
          </span>
        ) : null}
      </div>
    </form>
  )
}

function OwnSessions({ personId }: { personId: string }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(30_000)
  const sessions = useOwnSessions()
  const [asking, setAsking] = useState(false)
  return (
    <Loaded query={sessions}>
      {(list) => (
        <>
          <ul className="lines">
            {list
              .toSorted((a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt - a.lastUsedAt)
              .map((session) => (
                <li key={session.id}>
                  <span className="grow cut" title={session.userAgent}>
                    {browserName(session.userAgent) ?? t('you.unknownBrowser')}
                  </span>
                  {session.current ? <Tag>{t('you.thisOne')}</Tag> : null}
                  <span className="s m nw">
                    {t('you.lastUsed', { ago: format.ago(epochMs(session.lastUsedAt), now) })}
                  </span>
                </li>
              ))}
          </ul>
          <div className="row pt-3">
            <Button onClick={() => setAsking(true)}>{t('you.signOutEverywhere')}</Button>
            <span className="s m">{t('you.signOutHint')}</span>
          </div>
          {asking ? (
            <ConfirmSheet
              title={t('you.signOutEverywhere')}
              confirm={t('signOutForm.confirm')}
              work={() => client.team.signOutEverywhere({ id: personId })}
              onDone={() => void askSession()}
              onClose={() => setAsking(false)}
            >
              <p>{t('you.signOutText')}</p>
            </ConfirmSheet>
          ) : null}
        </>
      )}
    </Loaded>
  )
}

/** `Firefox on Linux` out of a user agent; null if it names no browser that we know. */
export function browserName(userAgent: string): string | null {
  const browsers = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ] as const
  const systems = [
    ['Windows', 'Windows'],
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ] as const
  const browser = browsers.find(([mark]) => userAgent.includes(mark))?.[1]
  const system = systems.find(([mark]) => userAgent.includes(mark))?.[1]
  if (browser === undefined) return null
  return system === undefined ? browser : `${browser} · ${system}`
}
