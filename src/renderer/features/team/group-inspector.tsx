import { Pencil, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Permissions } from '#shared/access.ts'
import type { Group } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useTeamSettings } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { ConfirmSheet } from './confirm-sheet.tsx'
import { GroupMembers } from './group-members.tsx'
import { NewGroupSheet } from './new-group-sheet.tsx'
import { NO_PERMISSIONS, PermissionSwitches } from './permission-switches.tsx'
import { useAction } from './use-action.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** One group: who is in it and what they may do. Each change holds at once. */
export function GroupInspector({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation(['team', 'app'])
  const [sheet, setSheet] = useState<'rename' | 'remove' | null>(null)
  const { busy, error, run } = useAction()
  const everyone = useTeamSettings().data?.permissions ?? null

  function setPermissions(permissions: Permissions): void {
    const { name, description, data } = group
    void run(() => client.team.updateGroup({ id: group.id, input: { name, description, data, permissions } }))
  }

  return (
    <aside className="insp" aria-label={group.name}>
      <header className="row sec group-head">
        <div className="grow">
          <h2 className="cut">{group.name}</h2>
          {group.description === '' ? null : <p className="s m">{group.description}</p>}
        </div>
        <IconButton label={t('app:close')} icon={<X {...icon} />} onClick={onClose} />
      </header>
      <div className="scroll">
        <section className="sec" aria-label={t('team:groups.membersTitle')}>
          <h2>
            {t('team:groups.membersTitle')} <span className="m font-normal">{group.memberCount}</span>
          </h2>
          <GroupMembers group={group} />
        </section>
        <section className="sec" aria-label={t('team:permission.title')}>
          <h2>{t('team:permission.title')}</h2>
          <PermissionSwitches
            permissions={group.permissions ?? NO_PERMISSIONS}
            everyone={everyone}
            disabled={busy}
            onChange={setPermissions}
          />
          {error === null ? null : <ErrorForm error={error} alert />}
        </section>
      </div>
      <div className="foot">
        <Button icon={<Pencil {...icon} />} onClick={() => setSheet('rename')}>
          {t('team:groups.rename')}
        </Button>
        <Button look="quiet" className="end" icon={<Trash2 {...icon} />} onClick={() => setSheet('remove')}>
          {t('team:groups.remove')}
        </Button>
      </div>
      {sheet === 'rename' ? <NewGroupSheet group={group} onClose={() => setSheet(null)} /> : null}
      {sheet === 'remove' ? (
        <ConfirmSheet
          title={t('team:groups.removeTitle', { name: group.name })}
          confirm={t('team:groups.removeConfirm')}
          work={() => client.team.removeGroup({ id: group.id })}
          onDone={() => {
            announce(t('team:groups.removed', { name: group.name }))
            onClose()
          }}
          onClose={() => setSheet(null)}
        >
          <p>{t('team:groups.removeText')}</p>
        </ConfirmSheet>
      ) : null}
    </aside>
  )
}
