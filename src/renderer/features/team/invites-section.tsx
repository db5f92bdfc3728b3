import { Link2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Invite } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useDirectory, useGroups, useInvites } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { type Formatter, useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { Loaded } from './loaded.tsx'
import { NewInviteSheet } from './new-invite-sheet.tsx'
import { epochMs } from './times.ts'
import { useAction } from './use-action.ts'

/** Single-use links for people to come in by. */
export function InvitesSection() {
  const { t } = useTranslation(['team', 'app'])
  const invites = useInvites()
  const [adding, setAdding] = useState(false)
  return (
    <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('team:section.invites')}>
      <div className="group wrap">
        <h2>{t('team:section.invites')}</h2>
        <span className="m">{t('team:invites.lead')}</span>
        <span className="end">
          <Button
            look="prime"
            icon={<Link2 size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('team:invites.add')}
          </Button>
        </span>
      </div>
      <Loaded query={invites}>
        {(list) =>
          list.length === 0 ? <EmptyState sentence={t('team:invites.none')} /> : <InviteTable invites={list} />
        }
      </Loaded>
      {adding ? <NewInviteSheet onClose={() => setAdding(false)} /> : null}
    </main>
  )
}

export type InviteState = 'open' | 'used' | 'expired'

export function inviteState(invite: Invite, now: number): InviteState {
  if (invite.usedAt !== null) return 'used'
  return epochMs(invite.expiresAt) <= now ? 'expired' : 'open'
}

/** `23 Nov 14:20`: an invitation ends at an hour of a day. */
function dayAndTime(format: Formatter, at: number, now: number): string {
  return `${format.day(at, now)} ${format.time(at)}`
}

function InviteTable({ invites }: { invites: readonly Invite[] }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(30_000)
  const people = useDirectory().data?.people ?? []
  const groups = new Map((useGroups().data ?? []).map(({ id, name }) => [id, name]))
  const { busy, error, run } = useAction()
  const inOrder = invites.toSorted((a, b) => b.createdAt - a.createdAt)
  return (
    <>
      {error === null ? null : <ErrorForm error={error} alert />}
      <table className="cols invites" aria-label={t('section.invites')}>
        <thead>
          <tr>
            <th className="c-name">{t('invites.column.note')}</th>
            <th className="c-role">{t('invites.column.role')}</th>
            <th className="c-groups">{t('invites.column.groups')}</th>
            <th className="c-made">{t('invites.column.made')}</th>
            <th className="c-state">{t('invites.column.state')}</th>
            <th className="c-act">
              <span className="sr">{t('actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {inOrder.map((invite) => {
            const state = inviteState(invite, now)
            const user = people.find(({ id }) => id === invite.personId)?.name
            const name = invite.note === '' ? t('invites.noNote') : invite.note
            return (
              <tr key={invite.id}>
                <td className="c-name cut">
                  <b>{name}</b>
                </td>
                <td className="c-role">{t(`role.${invite.role}`)}</td>
                <td className="c-groups m cut">
                  {invite.groupIds.map((id) => groups.get(id) ?? id).join(', ') || '–'}
                </td>
                <td className="c-made m nw">{format.ago(epochMs(invite.createdAt), now)}</td>
                <td className={state === 'open' ? 'c-state' : 'c-state m'}>
                  {state === 'used'
                    ? user === undefined
                      ? t('invites.used')
                      : t('invites.usedBy', { name: user })
                    : t(`invites.${state}`, { time: dayAndTime(format, epochMs(invite.expiresAt), now) })}
                </td>
                <td className="c-act">
                  {state === 'used' ? null : (
                    <Button
                      look="quiet"
                      className="flush"
                      disabled={busy}
                      aria-label={t(state === 'open' ? 'invites.revokeName' : 'invites.clearName', { name })}
                      onClick={async () => {
                        const done = await run(() => client.team.revokeInvite({ id: invite.id }))
                        if (done !== null) announce(t('invites.revoked', { name }))
                      }}
                    >
                      {t(state === 'open' ? 'invites.revoke' : 'invites.clear')}
                    </Button>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </>
  )
}
