import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { OWNER_ID } from '#shared/access.ts'
import type { ApiKey } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useIsAdmin, useMe } from '../../bridge/session.ts'
import { useDirectory, useKeys } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { ConfirmSheet } from './confirm-sheet.tsx'
import { Loaded } from './loaded.tsx'
import { NewKeySheet } from './new-key-sheet.tsx'
import { epochMs } from './times.ts'

/** Keys for programs: one's own, and everyone's for administrators. */
export function KeysSection() {
  const { t } = useTranslation(['team', 'app'])
  const admin = useIsAdmin()
  const me = useMe()
  const [whose, setWhose] = useState<'mine' | 'all'>('mine')
  const [sheet, setSheet] = useState<{ kind: 'add' } | { kind: 'revoke'; key: ApiKey } | null>(null)
  const keys = useKeys(whose)
  const mayMake = admin || me?.permissions.features.api_keys === true
  return (
    <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('team:section.keys')}>
      <div className="group wrap">
        <h2>{t('team:section.keys')}</h2>
        <span className="m">{t('team:keys.lead')}</span>
        <span className="row end">
          {admin ? (
            <Segmented
              label={t('team:keys.whose')}
              value={whose}
              options={[
                { value: 'mine', label: t('team:keys.mine') },
                { value: 'all', label: t('team:keys.all') },
              ]}
              onChange={setWhose}
            />
          ) : null}
          {mayMake ? (
            <Button
              icon={<KeyRound size={14} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => setSheet({ kind: 'add' })}
            >
              {t('team:keys.add')}
            </Button>
          ) : null}
        </span>
      </div>
      {mayMake ? null : <p className="m pb-3">{t('team:keys.notAllowed')}</p>}
      <Loaded query={keys}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState sentence={t('team:keys.none')} />
          ) : (
            <KeyTable keys={list} showOwner={whose === 'all'} onRevoke={(key) => setSheet({ kind: 'revoke', key })} />
          )
        }
      </Loaded>
      {sheet?.kind === 'add' ? <NewKeySheet onClose={() => setSheet(null)} /> : null}
      {sheet?.kind === 'revoke' ? (
        <ConfirmSheet
          title={t('team:keys.revokeTitle', { name: sheet.key.name })}
          confirm={t('team:keys.revokeConfirm')}
          work={() => client.team.revokeKey({ id: sheet.key.id })}
          onDone={() => announce(t('team:keys.revoked', { name: sheet.key.name }))}
          onClose={() => setSheet(null)}
        >
          <p>{t('team:keys.revokeText')}</p>
        </ConfirmSheet>
      ) : null}
    </main>
  )
}

function KeyTable({
  keys,
  showOwner,
  onRevoke,
}: {
  keys: readonly ApiKey[]
  showOwner: boolean
  onRevoke: (key: ApiKey) => void
}) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(30_000)
  return (
    <table className="cols keys-table" aria-label={t('section.keys')}>
      <thead>
        <tr>
          <th className="c-name">{t('keys.column.name')}</th>
          <th className="c-start">{t('keys.column.start')}</th>
          {showOwner ? <th className="c-owner">{t('keys.column.owner')}</th> : null}
          <th className="c-scopes">{t('keys.column.scopes')}</th>
          <th className="c-expires">{t('keys.column.expires')}</th>
          <th className="c-used">{t('keys.column.used')}</th>
          <th className="c-act">
            <span className="sr">{t('actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const expired = key.expiresAt !== null && epochMs(key.expiresAt) <= now
          return (
            <tr key={key.id}>
              <td className="c-name">
                <b className="cut block">{key.name}</b>
              </td>
              <td className="c-start n-left">{key.start}</td>
              {showOwner ? (
                <td className="c-owner cut">
                  <OwnerName id={key.personId} />
                </td>
              ) : null}
              <td className="c-scopes m cut">{key.scopes.map((scope) => t(`scope.${scope}`)).join(', ')}</td>
              <td className={expired ? 'c-expires warn nw' : 'c-expires m nw'}>
                {key.expiresAt === null
                  ? t('keys.never')
                  : expired
                    ? t('keys.expired')
                    : format.day(epochMs(key.expiresAt), now)}
              </td>
              <td className="c-used m nw">
                {key.lastUsedAt === null ? t('keys.unused') : format.ago(epochMs(key.lastUsedAt), now)}
              </td>
              <td className="c-act">
                <Button
                  look="quiet"
                  className="flush"
                  aria-label={t('keys.revokeName', { name: key.name })}
                  onClick={() => onRevoke(key)}
                >
                  {t('keys.revoke')}
                </Button>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function OwnerName({ id }: { id: string }) {
  const { t } = useTranslation('team')
  const people = useDirectory().data?.people ?? []
  if (id === OWNER_ID) return t('keys.owner')
  return people.find((person) => person.id === id)?.name ?? id
}
