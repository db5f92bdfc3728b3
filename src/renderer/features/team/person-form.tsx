import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES, type Role } from '#shared/access.ts'
import type { Person } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { AccountFields } from '../sign-in/account-fields.tsx'
import { type AccountFlaw, accountFlaw, EMPTY_ACCOUNT, looksLikeEmail } from '../sign-in/check-account.ts'
import { FormLine } from '../sign-in/form-line.tsx'
import { useAction } from './use-action.ts'

/** Makes an account for someone, with a password to hand over. */
export function AddPersonSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const [draft, setDraft] = useState(EMPTY_ACCOUNT)
  const [role, setRole] = useState<Role>('user')
  const [flaw, setFlaw] = useState<AccountFlaw | null>(null)
  const { busy, error, run } = useAction()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    const wrong = accountFlaw(draft)
    setFlaw(wrong)
    if (wrong !== null || busy) return
    const done = await run(() => client.team.addPerson({ ...draft, role }))
    if (done === null) return
    announce(t('team:addForm.done', { name: done.value.name }))
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:addForm.title')}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy}>
            {t('team:addForm.submit')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" noValidate onSubmit={submit}>
        <AccountFields
          draft={draft}
          flaw={flaw}
          forSomeoneElse
          onChange={(next) => {
            setDraft(next)
            setFlaw(null)
          }}
        />
        <div className="form-line">
          <span className="lbl">{t('team:roleLabel')}</span>
          <Segmented
            label={t('team:roleLabel')}
            value={role}
            options={ROLES.map((value) => ({ value, label: t(`team:role.${value}`) }))}
            onChange={setRole}
          />
          <span className="s m">{t(`team:roleHint.${role}`)}</span>
        </div>
        <p className="s m">{t('team:addForm.hint')}</p>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}

/** Changes someone's name and address. */
export function EditPersonSheet({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation(['team', 'app', 'signIn'])
  const id = useId()
  const [name, setName] = useState(person.name)
  const [email, setEmail] = useState(person.email)
  const [tried, setTried] = useState(false)
  const { busy, error, run } = useAction()
  const first = useRef<HTMLInputElement>(null)
  const noName = name.trim() === ''
  const noEmail = !looksLikeEmail(email)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (noName || noEmail || busy) return
    const patch = {
      ...(name === person.name ? {} : { name }),
      ...(email === person.email ? {} : { email }),
    }
    const done = await run(() => client.team.updatePerson({ id: person.id, patch }))
    if (done !== null) onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:editForm.title', { name: person.name })}
      initialFocus={first}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy}>
            {t('team:save')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" noValidate onSubmit={submit}>
        <FormLine
          ref={first}
          label={t('signIn:name')}
          value={name}
          maxLength={200}
          complaint={tried && noName ? t('signIn:flaw.name') : null}
          onChange={setName}
        />
        <FormLine
          label={t('signIn:email')}
          type="email"
          value={email}
          maxLength={320}
          complaint={tried && noEmail ? t('signIn:flaw.email') : null}
          onChange={setEmail}
        />
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
