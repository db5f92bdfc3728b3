import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_PASSWORD_BYTES, MIN_PASSWORD, type Person } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { passwordFlaw } from '../sign-in/check-account.ts'
import { FormLine } from '../sign-in/form-line.tsx'
import { useAction } from './use-action.ts'

/** Gives someone a new password, to hand over. */
export function PasswordSheet({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation(['team', 'app', 'signIn'])
  const id = useId()
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, run } = useAction()
  const field = useRef<HTMLInputElement>(null)
  const flaw = passwordFlaw(password)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (flaw !== null || busy) return
    const done = await run(() => client.team.updatePerson({ id: person.id, patch: { password } }))
    if (done === null) return
    announce(t('team:passwordForm.done', { name: person.name }))
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:passwordForm.title', { name: person.name })}
      initialFocus={field}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy}>
            {t('team:passwordForm.submit')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" noValidate onSubmit={submit}>
        <FormLine
          ref={field}
          label={t('team:passwordForm.label')}
          type="password"
          autoComplete="new-password"
          value={password}
          hint={t('signIn:passwordHint', { count: MIN_PASSWORD })}
          complaint={
            !tried || flaw === null
              ? null
              : flaw === 'short'
                ? t('signIn:flaw.short', { count: MIN_PASSWORD })
                : t('signIn:flaw.long', { count: MAX_PASSWORD_BYTES })
          }
          onChange={setPassword}
        />
        <p className="s m">{t('team:passwordForm.hint')}</p>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
