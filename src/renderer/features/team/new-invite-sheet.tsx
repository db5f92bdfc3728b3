import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES, type Role } from '#shared/access.ts'
import { client } from '../../bridge/client.ts'
import { useGroups, useSharing } from '../../bridge/team-queries.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { FormLine } from '../sign-in/form-line.tsx'
import { ShownOnce } from './shown-once.tsx'
import { SwitchRow } from './switch.tsx'
import { useAction } from './use-action.ts'

const MAX_HOURS = 720

/** Makes a single-use link, then shows it the one time that it can be shown. */
export function NewInviteSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  const groups = useGroups().data ?? []
  const shared = useSharing().data?.state === 'on'
  const [note, setNote] = useState('')
  const [role, setRole] = useState<Role>('user')
  const [groupIds, setGroupIds] = useState<readonly string[]>([])
  const [hours, setHours] = useState(72)
  const [url, setUrl] = useState<string | null>(null)
  const { busy, error, run } = useAction()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    const done = await run(() => client.team.createInvite({ note, role, groupIds: [...groupIds], hours }))
    if (done !== null) setUrl(done.value.url)
  }

  if (url !== null) {
    return (
      <Dialog
        open
        onOpenChange={(open: boolean, details?: { reason?: string }) => {
          // A click beside the sheet must not lose what cannot be shown again.
          if (!open && details?.reason !== 'outside-press') onClose()
        }}
        title={note === '' ? t('team:invites.madeTitle') : t('team:invites.madeTitleFor', { name: note })}
        footer={
          <Button look="prime" onClick={onClose}>
            {t('team:done')}
          </Button>
        }
      >
        <div className="sheet">
          <ShownOnce
            secret={url}
            what={t('team:invites.what')}
            sentence={t('team:invites.onceText')}
            qr={t('team:invites.qr')}
          />
          {shared ? null : <p className="s warn">{t('team:invites.notShared')}</p>}
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('team:invites.addTitle')}
      initialFocus={first}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy}>
            {t('team:invites.make')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" onSubmit={submit}>
        <FormLine
          ref={first}
          label={t('team:invites.note')}
          hint={t('team:invites.noteHint')}
          value={note}
          maxLength={200}
          onChange={setNote}
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
        {groups.length === 0 ? null : (
          <fieldset className="inner-scroll">
            <legend className="lbl">{t('team:invites.groups')}</legend>
            {groups.map((group) => (
              <SwitchRow
                key={group.id}
                words={group.name}
                on={groupIds.includes(group.id)}
                onChange={(on) =>
                  setGroupIds(on ? [...groupIds, group.id] : groupIds.filter((one) => one !== group.id))
                }
              />
            ))}
          </fieldset>
        )}
        <div className="form-line">
          <label className="lbl" htmlFor={`${id}-hours`}>
            {t('team:invites.hours')}
          </label>
          <NumberField
            id={`${id}-hours`}
            className="short"
            label={t('team:invites.hours')}
            value={hours}
            min={1}
            max={MAX_HOURS}
            invalid={t('team:invites.hoursInvalid', { max: MAX_HOURS })}
            onCommit={(value) => setHours(value ?? 72)}
          />
        </div>
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
