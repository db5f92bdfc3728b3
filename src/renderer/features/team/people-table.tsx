import { ChevronDown, ChevronUp, Ellipsis, Eye, KeyRound, LogOut, Pencil, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ROLES, type Role } from '#shared/access.ts'
import type { PeopleQuery, Person } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useMe } from '../../bridge/session.ts'
import { useGroups } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/menu.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import type { PersonSheet } from './person-sheets.tsx'
import { epochMs } from './times.ts'
import { useAction } from './use-action.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
const COLUMNS = [
  { key: 'name', orderBy: 'name' },
  { key: 'email', orderBy: 'email' },
  { key: 'role', orderBy: 'role' },
  { key: 'groups', orderBy: null },
  { key: 'active', orderBy: 'last_active_at' },
  { key: 'signsIn', orderBy: null },
] as const

/** People as rows: their role is changed in place, the rest from a menu. */
export function PeopleTable({
  people,
  query,
  onSort,
  onSheet,
}: {
  people: readonly Person[]
  query: PeopleQuery
  onSort: (query: PeopleQuery) => void
  onSheet: (sheet: PersonSheet) => void
}) {
  const { t } = useTranslation('team')
  const action = useAction()
  const groups = useGroups().data ?? []
  const names = new Map(groups.map(({ id, name }) => [id, name]))

  async function setRole(person: Person, role: Role): Promise<void> {
    const done = await action.run(() => client.team.updatePerson({ id: person.id, patch: { role } }))
    if (done !== null) announce(t('people.roleDone', { name: person.name, role: t(`role.${role}`) }))
  }

  return (
    <>
      {action.error === null ? null : <ErrorForm error={action.error} alert />}
      <table className="cols people" aria-label={t('people.title')}>
        <thead>
          <tr>
            {COLUMNS.map(({ key, orderBy }) =>
              orderBy === null ? (
                <th key={key} className={`c-${key}`}>
                  {t(`people.column.${key}`)}
                </th>
              ) : (
                <th
                  key={key}
                  className={`c-${key}`}
                  aria-sort={
                    query.orderBy === orderBy ? (query.direction === 'asc' ? 'ascending' : 'descending') : 'none'
                  }
                >
                  <button
                    type="button"
                    className="sort"
                    onClick={() =>
                      onSort({
                        ...query,
                        orderBy,
                        direction: query.orderBy === orderBy && query.direction === 'asc' ? 'desc' : 'asc',
                        page: 1,
                      })
                    }
                  >
                    {t(`people.column.${key}`)}
                    {query.orderBy !== orderBy ? null : query.direction === 'asc' ? (
                      <ChevronUp {...icon} />
                    ) : (
                      <ChevronDown {...icon} />
                    )}
                  </button>
                </th>
              ),
            )}
            <th className="c-more">
              <span className="sr">{t('actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              groupNames={person.groupIds.flatMap((id) => names.get(id) ?? [])}
              busy={action.busy}
              onRole={(role) => void setRole(person, role)}
              onSheet={onSheet}
            />
          ))}
        </tbody>
      </table>
    </>
  )
}

function PersonRow({
  person,
  groupNames,
  busy,
  onRole,
  onSheet,
}: {
  person: Person
  groupNames: readonly string[]
  busy: boolean
  onRole: (role: Role) => void
  onSheet: (sheet: PersonSheet) => void
}) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(30_000)
  const isMe = useMe()?.id === person.id
  const password = person.signsInWith.includes('password')
  const ways = person.signsInWith.map((way) => (way === 'password' ? t('people.password') : way))
  return (
    <tr>
      <td className="c-name">
        <b className="cut block">
          {person.name}
          {isMe ? <span className="m font-normal"> {t('people.you')}</span> : null}
        </b>
        <span className="s m cut below">{person.email}</span>
      </td>
      <td className="c-email cut" title={person.email}>
        {person.email}
      </td>
      <td className="c-role">
        <Select
          quiet
          label={t('people.roleOf', { name: person.name })}
          value={person.role}
          options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          disabled={busy}
          onChange={onRole}
        />
      </td>
      <td className="c-groups m cut" title={groupNames.join(', ')}>
        {groupNames.length === 0 ? '–' : groupNames.join(', ')}
      </td>
      <td className="c-active m nw">
        {person.lastActiveAt === null ? t('people.never') : format.ago(epochMs(person.lastActiveAt), now)}
      </td>
      <td className="c-signsIn m cut">{ways.join(', ')}</td>
      <td className="c-more">
        <Menu
          align="end"
          trigger={<IconButton label={t('people.menu', { name: person.name })} icon={<Ellipsis {...icon} />} />}
        >
          <MenuItem icon={<Eye {...icon} />} onSelect={() => onSheet({ kind: 'view-as', person })}>
            {t('people.viewAs')}
          </MenuItem>
          <MenuItem icon={<Pencil {...icon} />} onSelect={() => onSheet({ kind: 'edit', person })}>
            {t('people.edit')}
          </MenuItem>
          <MenuItem icon={<KeyRound {...icon} />} onSelect={() => onSheet({ kind: 'password', person })}>
            {t(password ? 'people.resetPassword' : 'people.setPassword')}
          </MenuItem>
          <MenuItem icon={<LogOut {...icon} />} onSelect={() => onSheet({ kind: 'sign-out', person })}>
            {t('people.signOutEverywhere')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash2 {...icon} />} disabled={isMe} onSelect={() => onSheet({ kind: 'remove', person })}>
            {t('people.remove')}
          </MenuItem>
        </Menu>
      </td>
    </tr>
  )
}
