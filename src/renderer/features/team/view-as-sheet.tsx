import { Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '#shared/team.ts'
import { useViewAs } from '../../bridge/team-queries.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Tag } from '../../components/tag.tsx'
import { Loaded } from './loaded.tsx'

/** Rows drawn at once; the search finds the others. */
const SHOWN = 100

/** What one person's list of models shows, each with the reason. */
export function ViewAsSheet({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation('team')
  const models = useViewAs(person.id)
  const [query, setQuery] = useState('')
  return (
    <Dialog open onOpenChange={onClose} title={t('viewAs.title', { name: person.name })}>
      <div className="sheet">
        <Loaded query={models}>
          {(list) => {
            const words = query.trim().toLowerCase()
            const matching = list.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(words))
            if (list.length === 0) return <p>{t('viewAs.nothing', { name: person.name })}</p>
            return (
              <>
                <p className="m">{t('viewAs.count', { count: list.length })}</p>
                {list.length > 12 ? (
                  <span className="field">
                    <Search size={14} strokeWidth={1.75} aria-hidden="true" />
                    <input
                      type="search"
                      aria-label={t('viewAs.search')}
                      placeholder={t('viewAs.search')}
                      value={query}
                      onChange={(event) => setQuery(event.target.value)}
                    />
                  </span>
                ) : null}
                <ul className="lines">
                  {matching.slice(0, SHOWN).map((model) => (
                    <li key={model.id} className="seen-model">
                      <span className="row grow">
                        <b className="cut">{model.name}</b>
                        {model.isPreset ? <Tag>{t('viewAs.preset')}</Tag> : null}
                      </span>
                      <span className="s m">{model.why}</span>
                    </li>
                  ))}
                </ul>
                {matching.length > SHOWN ? (
                  <p className="s m">{t('viewAs.more', { count: matching.length - SHOWN })}</p>
                ) : null}
              </>
            )
          }}
        </Loaded>
      </div>
    </Dialog>
  )
}
