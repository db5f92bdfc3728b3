import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { KEY_SCOPES, type KeyScope } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useIsAdmin } from '../../bridge/session.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Select } from '../../components/select.tsx'
import { FormLine } from '../sign-in/form-line.tsx'
import { ShownOnce } from './shown-once.tsx'
import { SwitchRow } from './switch.tsx'
import { useAction } from './use-action.ts'

/** Days until a key expires, as choices. */
const LIFETIMES = ['never', '30', '90', '365'] as const
const DAY_S = 86_400

/** Makes a key for a program, then shows it the one time that it can be shown. */
export function NewKeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const admin = useIsAdmin()
  const first = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly KeyScope[]>(['models', 'chat', 'embeddings'])
  const [lifetime, setLifetime] = useState<(typeof LIFETIMES)[number]>('never')
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null)
  const { busy, error, run } = useAction()
  const offered = KEY_SCOPES.filter((scope) => scope !== 'admin' || admin)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (name.trim() === '' || scopes.length === 0 || busy) return
    const expiresAt = lifetime === 'never' ? null : Math.floor(Date.now() / 1000) + Number(lifetime) * DAY_S
    const done = await run(() => client.team.createKey({ name, scopes: [...scopes], expiresAt }))
    if (done !== null) setMade({ name: done.value.key.name, secret: done.value.secret })
  }

  if (made !== null) {
    return (
      <Dialog
        open
        onOpenChange={(open: boolean, details?: { reason?: string }) => {
          // A click beside the sheet must not lose what cannot be shown again.
          if (!open && details?.reason !== 'outside-press') onClose()
        }}
        title={t('team:keys.madeTitle', { name: made.name })}
        footer={
          <Button look="prime" onClick={onClose}>
            {t('team:done')}
          </Button>
        }
      >
        <div className="sheet">
          <ShownOnce secret={made.secret} what={t('team:keys.what')} sentence={t('team:keys.onceText')} />
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:keys.addTitle')}
      initialFocus={first}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy || name.trim() === '' || scopes.length === 0}>
            {t('team:keys.make')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" onSubmit={submit}>
        <FormLine
          ref={first}
          label={t('team:keys.name')}
          hint={t('team:keys.nameHint')}
          value={name}
          maxLength={200}
          onChange={setName}
        />
        <fieldset>
          <legend className="lbl">{t('team:keys.scopesLabel')}</legend>
          {offered.map((scope) => (
            <SwitchRow
              key={scope}
              words={t(`team:scopeWords.${scope}`)}
              on={scopes.includes(scope)}
              onChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
            />
          ))}
        </fieldset>
        <div className="form-line">
          <span className="lbl">{t('team:keys.expiresLabel')}</span>
          <Select
            label={t('team:keys.expiresLabel')}
            value={lifetime}
            options={LIFETIMES.map((value) => ({ value, label: t(`team:lifetime.${value}`) }))}
            onChange={setLifetime}
          />
        </div>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
