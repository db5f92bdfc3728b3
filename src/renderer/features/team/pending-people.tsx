import { useTranslation } from 'react-i18next'
import type { Person } from '#shared/team.ts'
import { client } from '../../bridge/client.ts'
import { usePendingPeople } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { epochMs } from './times.ts'
import { useAction } from './use-action.ts'

/** People who wait, each with the one thing that they wait for. Nothing is shown while nobody does. `prime`: it is what this view is for. */
export function PendingPeople({ prime, onRemove }: { prime: boolean; onRemove: (person: Person) => void }) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const now = useNow(30_000)
  const pending = usePendingPeople().data
  const { busy, error, run } = useAction()
  if (pending === undefined || pending.length === 0) return null
  return (
    <section aria-label={t('pending.title')}>
      <div className="group">
        <h2>{t('pending.title')}</h2>
        <span className="m">{t('waiting', { count: pending.length })}</span>
      </div>
      <ul className="lines">
        {pending.map((person, index) => (
          <li key={person.id}>
            <span className="grow person">
              <b>{person.name}</b> <span className="m">{person.email}</span>
            </span>
            <span className="s m hide-n">
              {t('pending.since', { ago: format.ago(epochMs(person.createdAt), now) })}
            </span>
            <Button
              look={prime && index === 0 ? 'prime' : 'plain'}
              disabled={busy}
              aria-label={t('pending.letInName', { name: person.name })}
              onClick={async () => {
                const done = await run(() => client.team.updatePerson({ id: person.id, patch: { role: 'user' } }))
                if (done !== null) announce(t('pending.letInDone', { name: person.name }))
              }}
            >
              {t('pending.letIn')}
            </Button>
            <Button
              look="quiet"
              disabled={busy}
              aria-label={t('pending.refuseName', { name: person.name })}
              onClick={() => onRemove(person)}
            >
              {t('pending.refuse')}
            </Button>
          </li>
        ))}
      </ul>
      {error === null ? null : <ErrorForm error={error} alert />}
    </section>
  )
}
