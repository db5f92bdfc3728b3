import { Plus, Search, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { useDirectory, useMembers } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Loaded } from './loaded.tsx'
import { useAction } from './use-action.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
/** People that the search offers at once. */
const OFFERED = 6
/** Members drawn at once. */
const SHOWN = 200

/** Who is in a group; others are found by name and added. */
export function GroupMembers({ group }: { group: Group }) {
  const { t } = useTranslation('team')
  const members = useMembers(group.id)
  const directory = useDirectory().data?.people ?? []
  const [query, setQuery] = useState('')
  const { busy, error, run } = useAction()
  const inside = new Set(members.data?.map(({ id }) => id))
  const words = query.trim().toLowerCase()
  const offered =
    words === '' || members.data === undefined
      ? []
      : directory.filter(({ id, name, email }) => !inside.has(id) && `${name} ${email}`.toLowerCase().includes(words))

  async function set(personIds: readonly string[], said: string): Promise<void> {
    const done = await run(() => client.team.setMembers({ id: group.id, personIds: [...personIds] }))
    if (done === null) return
    setQuery('')
    announce(said)
  }

  return (
    <Loaded query={members}>
      {(list) => (
        <>
          {list.length === 0 ? <p className="m">{t('groups.noMembers')}</p> : null}
          <ul className="lines">
            {list.slice(0, SHOWN).map((person) => (
              <li key={person.id}>
                <span className="grow person">
                  {person.name} <span className="s m">{person.email}</span>
                </span>
                <IconButton
                  label={t('groups.takeOut', { name: person.name })}
                  icon={<X {...icon} />}
                  disabled={busy}
                  onClick={() =>
                    void set(
                      list.flatMap(({ id }) => (id === person.id ? [] : [id])),
                      t('groups.takenOut', { name: person.name }),
                    )
                  }
                />
              </li>
            ))}
          </ul>
          {list.length > SHOWN ? <p className="s m pt-1">{t('viewAs.more', { count: list.length - SHOWN })}</p> : null}
          <span className="field mt-2">
            <Search {...icon} />
            <input
              type="search"
              aria-label={t('groups.find')}
              placeholder={t('groups.find')}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </span>
          {words === '' ? null : offered.length === 0 ? (
            <p className="s m pt-1" role="status">
              {t('groups.nobody', { query })}
            </p>
          ) : (
            <ul className="lines">
              {offered.slice(0, OFFERED).map((person) => (
                <li key={person.id}>
                  <span className="grow person">
                    {person.name} <span className="s m">{person.email}</span>
                  </span>
                  <IconButton
                    label={t('groups.putIn', { name: person.name })}
                    icon={<Plus {...icon} />}
                    disabled={busy}
                    onClick={() =>
                      void set(
                        [...list.map(({ id }) => id), person.id],
                        t('groups.putInDone', { name: person.name, group: group.name }),
                      )
                    }
                  />
                </li>
              ))}
            </ul>
          )}
          {error === null ? null : <ErrorForm error={error} alert />}
        </>
      )}
    </Loaded>
  )
}
