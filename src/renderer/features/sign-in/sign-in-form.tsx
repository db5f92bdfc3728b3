import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionState } from '#shared/team.ts'
import { signIn } from '../../bridge/accounts.ts'
import { Button } from '../../components/button.tsx'
import { FormLine } from './form-line.tsx'
import { RefusalLine } from './refusal.tsx'
import { useAttempt } from './use-attempt.ts'

/** E-mail and password, and below them the providers that one can sign in with. */
export function SignInForm({ session }: { session: SessionState }) {
  const { t } = useTranslation('signIn')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { busy, error, attempt } = useAttempt()
  const first = useRef<HTMLInputElement>(null)
  const secret = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    if (await attempt(() => signIn(email.trim(), password))) return
    setPassword('')
    secret.current?.focus()
  }

  return (
    <>
      <form className="visit-form" onSubmit={submit}>
        <FormLine
          ref={first}
          label={t('email')}
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
        />
        <FormLine
          ref={secret}
          label={t('password')}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <RefusalLine error={error} />
        <div className="row">
          <Button type="submit" look="prime" big disabled={busy || email.trim() === '' || password === ''}>
            {busy ? t('signingIn') : t('signIn')}
          </Button>
        </div>
      </form>
      {session.oauth.length === 0 ? null : (
        <section className="visit-more" aria-label={t('otherWays')}>
          {session.oauth.map((provider) => (
            <a key={provider.id} className="btn" href={`/oauth/${encodeURIComponent(provider.id)}/login`}>
              {t('signInWith', { provider: provider.name })}
            </a>
          ))}
        </section>
      )}
    </>
  )
}
