import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { signUp } from '../../bridge/accounts.ts'
import { sessionChanged } from '../../bridge/session.ts'
import { Button } from '../../components/button.tsx'
import { AccountFields } from './account-fields.tsx'
import { type AccountFlaw, accountFlaw, EMPTY_ACCOUNT } from './check-account.ts'
import { RefusalLine } from './refusal.tsx'
import { useAttempt } from './use-attempt.ts'

/** Makes an account and enters with it. What was typed stays when it is refused. */
export function SignUpForm({
  words,
  invite,
}: {
  words: { submit: string; busy: string }
  /** The secret of an invitation's link. */
  invite?: string | undefined
}) {
  const [location, navigate] = useLocation()
  const [draft, setDraft] = useState(EMPTY_ACCOUNT)
  const [flaw, setFlaw] = useState<AccountFlaw | null>(null)
  const { busy, error, attempt } = useAttempt()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  useEffect(() => {
    if (flaw !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [flaw])

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    const wrong = accountFlaw(draft)
    setFlaw(wrong)
    if (wrong !== null) return
    await attempt(async () => {
      await signUp({
        name: draft.name.trim(),
        email: draft.email.trim(),
        password: draft.password,
        ...(invite === undefined ? {} : { invite }),
      })
      // The page for joining has done its work.
      if (location.startsWith('/join')) navigate('/', { replace: true })
      await sessionChanged()
    })
  }

  return (
    <form className="visit-form" ref={form} noValidate onSubmit={submit}>
      <AccountFields
        draft={draft}
        flaw={flaw}
        onChange={(next) => {
          setDraft(next)
          setFlaw(null)
        }}
      />
      <RefusalLine error={error} invited={invite !== undefined} />
      <div className="row">
        <Button type="submit" look="prime" big disabled={busy}>
          {busy ? words.busy : words.submit}
        </Button>
      </div>
    </form>
  )
}
