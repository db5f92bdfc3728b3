import { Plus, RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CONNECTION_STATES, type ConnectionView } from '#shared/connections.ts'
import { PLACES } from '#shared/place.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { openEditor } from './backends-store.ts'
import { testAll, useTestRuns } from './test-runs.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Title, counts by state, the places' marks, and the two things to do with all of them. */
export function BackendsHead({ views }: { views: readonly ConnectionView[] | undefined }) {
  const { t } = useTranslation(['backends', 'app'])
  const testing = useTestRuns((store) => store.testingAll)
  const canTest = views?.some((view) => view.config !== null && view.health.state !== 'disabled') ?? false
  return (
    <header className="head backends-head">
      <h1>{t('backends:title')}</h1>
      {views === undefined ? null : (
        <span className="m cut">
          <Counts views={views} />
        </span>
      )}
      <div className="row end">
        <ul className="key hide-n" aria-label={t('backends:legend')}>
          {PLACES.map((place) => (
            <li key={place}>
              <Glyph place={place} /> {t(`app:place.${place}`)}
            </li>
          ))}
        </ul>
        <Button
          look="quiet"
          aria-label={t('backends:testAll')}
          disabled={!testing && !canTest}
          busy={testing}
          icon={<RotateCw {...icon} className={testing ? 'turning' : undefined} />}
          onClick={async () => {
            if (views === undefined) return
            announce(t('backends:run.allDone', await testAll(views)))
          }}
        >
          <span className="label">{testing ? t('backends:testing') : t('backends:testAll')}</span>
        </Button>
        <Button
          aria-label={t('backends:add')}
          icon={<Plus {...icon} />}
          onClick={() => openEditor({ kind: 'add', found: null })}
        >
          <span className="label">{t('backends:add')}</span>
        </Button>
      </div>
    </header>
  )
}

/** `6 connections · 4 ready, 1 limited, 1 down` */
function Counts({ views }: { views: readonly ConnectionView[] }) {
  const { t, i18n } = useTranslation('backends')
  const states = CONNECTION_STATES.flatMap((state) => {
    const count = views.filter(({ health }) => health.state === state).length
    return count === 0 ? [] : [{ state, count, text: t(`counts.${state}`, { count }) }]
  })
  // What is well first, `not asked yet` last.
  const order = states.toSorted((a, b) => Number(a.state === 'unknown') - Number(b.state === 'unknown'))
  const list = order.map(({ text }) => text).join(i18n.language.startsWith('zh') ? '，' : ', ')
  return t('summary', { connections: t('count', { count: views.length }), states: list })
}
