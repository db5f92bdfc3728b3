import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../bridge/client.ts'
import { teamKeys } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { AccountFields } from '../sign-in/account-fields.tsx'
import { type AccountFlaw, accountFlaw, EMPTY_ACCOUNT } from '../sign-in/check-account.ts'
import { useAction } from './use-action.ts'

/** What sharing lacks before it may be switched on: someone who can sign in. */
export function FirstAdminForm({ reason }: { reason: string | null }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const [draft, setDraft] = useState(EMPTY_ACCOUNT)
  const [flaw, setFlaw] = useState<AccountFlaw | null>(null)
  const { busy, error, run } = useAction()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const wrong = accountFlaw(draft)
    setFlaw(wrong)
    if (wrong !== null || busy) return
    const done = await run(() => client.team.addPerson({ ...draft, role: 'admin' }))
    if (done === null) return
    announce(t('firstAdmin.done', { name: done.value.name }))
    await queries.invalidateQueries({ queryKey: teamKeys.sharing })
  }

  return (
    <form className="first-admin" noValidate aria-label={t('firstAdmin.title')} onSubmit={submit}>
      <h3>{t('firstAdmin.title')}</h3>
      <p>
        {reason ?? t('firstAdmin.why')} {t('firstAdmin.text')}
      </p>
      <AccountFields
        draft={draft}
        flaw={flaw}
        onChange={(next) => {
          setDraft(next)
          setFlaw(null)
        }}
      />
      {error === null ? null : <ErrorForm error={error} alert />}
      <div className="row">
        <Button type="submit" look="prime" disabled={busy}>
          {t('firstAdmin.submit')}
        </Button>
      </div>
    </form>
  )
}
