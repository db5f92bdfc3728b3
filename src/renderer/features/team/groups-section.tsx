import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGroups } from '../../bridge/team-queries.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { GroupInspector } from './group-inspector.tsx'
import { Loaded } from './loaded.tsx'
import { NewGroupSheet } from './new-group-sheet.tsx'

/** Groups of people, and what each group may do. */
export function GroupsSection() {
  const { t } = useTranslation(['team', 'app'])
  const groups = useGroups()
  const [selected, setSelected] = useState<string | null>(null)
  const [adding, setAdding] = useState(false)
  const open = groups.data?.find(({ id }) => id === selected)
  useShortcut({
    keys: 'Esc',
    group: 'everywhere',
    label: t('app:keys.escape'),
    run: () => {
      if (selected === null) return false
      setSelected(null)
      return true
    },
  })
  const add = (
    <Button icon={<Plus size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => setAdding(true)}>
      {t('team:groups.add')}
    </Button>
  )
  return (
    <div className={open === undefined ? 'split' : 'split open-insp'}>
      <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('team:section.groups')}>
        <div className="group wrap">
          <h2>{t('team:section.groups')}</h2>
          <span className="m">{t('team:groups.lead')}</span>
          <span className="end">{add}</span>
        </div>
        <Loaded query={groups}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState sentence={t('team:groups.none')} />
            ) : (
              <ul className="lines">
                {list
                  .toSorted((a, b) => a.name.localeCompare(b.name))
                  .map((group) => (
                    <li key={group.id} className="group-line">
                      <button
                        type="button"
                        className="open-line"
                        aria-expanded={group.id === selected}
                        onClick={() => setSelected(group.id === selected ? null : group.id)}
                      >
                        <b className="cut">{group.name}</b>
                        <span className="m cut grow">{group.description}</span>
                        <span className="m nw">{t('team:groups.members', { count: group.memberCount })}</span>
                      </button>
                    </li>
                  ))}
              </ul>
            )
          }
        </Loaded>
      </main>
      {open === undefined ? null : <GroupInspector key={open.id} group={open} onClose={() => setSelected(null)} />}
      {adding ? <NewGroupSheet onClose={() => setAdding(false)} onMade={(group) => setSelected(group.id)} /> : null}
    </div>
  )
}
