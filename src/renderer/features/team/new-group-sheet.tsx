import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { FormLine } from '../sign-in/form-line.tsx'
import { useAction } from './use-action.ts'

/** Makes a group, or renames one. Members and permissions follow in the inspector. */
export function NewGroupSheet({
  group,
  onClose,
  onMade,
}: {
  /** The group to rename. */
  group?: Group | undefined
  onClose: () => void
  onMade?: ((group: Group) => void) | undefined
}) {
  const { t } = useTranslation(['team', 'app'])
  const id = useId()
  const first = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(group?.name ?? '')
  const [description, setDescription] = useState(group?.description ?? '')
  const { busy, error, run } = useAction()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (name.trim() === '' || busy) return
    const done = await run(() =>
      group === undefined
        ? client.team.createGroup({ name, description })
        : client.team.updateGroup({
            id: group.id,
            input: { name, description, permissions: group.permissions, data: group.data },
          }),
    )
    if (done === null) return
    onMade?.(done.value)
    onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={group === undefined ? t('team:groups.addTitle') : t('team:groups.renameTitle', { name: group.name })}
      initialFocus={first}
      footer={
        <>
          <Button type="submit" form={id} look="prime" disabled={busy || name.trim() === ''}>
            {group === undefined ? t('team:groups.make') : t('team:save')}
          </Button>
          <Button onClick={onClose}>{t('app:cancel')}</Button>
        </>
      }
    >
      <form id={id} className="sheet" onSubmit={submit}>
        <FormLine ref={first} label={t('team:groups.name')} value={name} maxLength={200} onChange={setName} />
        <FormLine label={t('team:groups.description')} value={description} maxLength={4000} onChange={setDescription} />
        {error === null ? null : <ErrorForm error={error} alert />}
      </form>
    </Dialog>
  )
}
