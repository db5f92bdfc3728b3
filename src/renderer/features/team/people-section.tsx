import { Search, UserPlus } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PEOPLE_PAGE, type PeopleQuery, type Person } from '#shared/team.ts'
import { usePeople } from '../../bridge/team-queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useFormat } from '../../i18n/format.ts'
import { Loaded } from './loaded.tsx'
import { PendingPeople } from './pending-people.tsx'
import { PeopleTable } from './people-table.tsx'
import { type PersonSheet, PersonSheets } from './person-sheets.tsx'

const FIRST: PeopleQuery = {
  query: '',
  orderBy: 'name',
  direction: 'asc',
  groupId: null,
  page: 1,
}

/** Everyone with an account; those who wait to be let in come first. */
export function PeopleSection() {
  const { t } = useTranslation(['team', 'app'])
  const format = useFormat()
  const [query, setQuery] = useState(FIRST)
  const [sheet, setSheet] = useState<PersonSheet | null>(null)
  const asked = useDeferredValue(query)
  const people = usePeople(asked)
  const pages = Math.max(1, Math.ceil((people.data?.total ?? 0) / PEOPLE_PAGE))
  return (
    <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('team:section.people')}>
      <PendingPeople prime onRemove={(person: Person) => setSheet({ kind: 'remove', person })} />
      <div className="group wrap">
        <h2>{t('team:people.title')}</h2>
        {people.data === undefined ? null : (
          <span className="m">{t('team:people.count', { count: people.data.total })}</span>
        )}
        <div className="row end">
          <span className="field">
            <Search size={14} strokeWidth={1.75} aria-hidden="true" />
            <input
              type="search"
              aria-label={t('team:people.search')}
              placeholder={t('team:people.search')}
              value={query.query}
              maxLength={200}
              onChange={(event) => setQuery({ ...query, query: event.target.value, page: 1 })}
            />
          </span>
          <Button
            icon={<UserPlus size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setSheet({ kind: 'add' })}
          >
            {t('team:people.add')}
          </Button>
        </div>
      </div>
      <Loaded query={people}>
        {({ items, total }) =>
          total === 0 ? (
            <EmptyState
              sentence={query.query === '' ? t('team:people.none') : t('team:people.noMatch', { query: query.query })}
            >
              {query.query === '' ? null : <Button onClick={() => setQuery(FIRST)}>{t('team:people.clear')}</Button>}
            </EmptyState>
          ) : (
            <>
              <PeopleTable people={items} query={query} onSort={setQuery} onSheet={setSheet} />
              {pages > 1 ? (
                <nav className="row pt-3" aria-label={t('team:pages')}>
                  <Button disabled={query.page <= 1} onClick={() => setQuery({ ...query, page: query.page - 1 })}>
                    {t('team:previous')}
                  </Button>
                  <span className="m" aria-live="polite">
                    {t('team:pageOf', { page: format.number(query.page), pages: format.number(pages) })}
                  </span>
                  <Button disabled={query.page >= pages} onClick={() => setQuery({ ...query, page: query.page + 1 })}>
                    {t('team:next')}
                  </Button>
                </nav>
              ) : null}
            </>
          )
        }
      </Loaded>
      <PersonSheets sheet={sheet} onClose={() => setSheet(null)} />
    </main>
  )
}
