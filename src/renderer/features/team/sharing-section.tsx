import { useQueryClient } from '@tanstack/react-query'
import { Link2, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { SharingState } from '#shared/sharing.ts'
import { client } from '../../bridge/client.ts'
import { teamKeys, useSharing } from '../../bridge/team-queries.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Loaded } from './loaded.tsx'
import { PendingPeople } from './pending-people.tsx'
import { type PersonSheet, PersonSheets } from './person-sheets.tsx'
import { SharingFacts } from './sharing-facts.tsx'
import { SharingSheet } from './sharing-sheet.tsx'
import { Switch } from './switch.tsx'
import { useAction } from './use-action.ts'

/** The switch, and below it what sharing is like now. */
export function SharingSection() {
  const { t } = useTranslation('team')
  const sharing = useSharing()
  const [person, setPerson] = useState<PersonSheet | null>(null)
  return (
    <main className="scroll pad" id="main" tabIndex={-1} aria-label={t('section.sharing')}>
      <div className="sharing">
        <Loaded query={sharing}>{(state) => <SharingNow sharing={state} />}</Loaded>
        <PendingPeople
          prime={sharing.data?.state === 'off'}
          onRemove={(one) => setPerson({ kind: 'remove', person: one })}
        />
        {sharing.data === undefined ? null : <Found sharing={sharing.data} />}
      </div>
      <PersonSheets sheet={person} onClose={() => setPerson(null)} />
    </main>
  )
}

function SharingNow({ sharing }: { sharing: SharingState }) {
  const { t } = useTranslation('team')
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [sheet, setSheet] = useState(false)
  const { busy, error, run } = useAction()
  const wanted = sharing.settings.enabled
  const on = sharing.state === 'on' || sharing.state === 'starting'

  async function switchOff(): Promise<void> {
    const done = await run(() => client.sharing.update({ enabled: false }))
    if (done === null) return
    queries.setQueryData(teamKeys.sharing, done.value)
    announce(t('sharing.announceOff'))
  }

  return (
    <>
      <div className="big-switch">
        <Switch
          big
          labelledBy="sharing-name"
          describedBy="sharing-what"
          on={on || (wanted && sharing.state === 'failed')}
          disabled={busy}
          onChange={(next) => {
            if (next) setSheet(true)
            else void switchOff()
          }}
        />
        <div className="grow">
          <h2 id="sharing-name">
            {t('sharing.name')} <span className="m">{t(`sharing.state.${sharing.state}`)}</span>
          </h2>
          <p id="sharing-what" className="m">
            {t(on ? 'sharing.whileOn' : 'sharing.whileOff')}
          </p>
        </div>
        {on ? (
          <Button
            icon={<SlidersHorizontal size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setSheet(true)}
          >
            {t('sharing.change')}
          </Button>
        ) : null}
      </div>
      {error === null ? null : <ErrorForm error={error} alert />}
      {sharing.state === 'failed' ? (
        <ErrorForm
          error={{ code: 'internal', message: sharing.reason ?? t('sharing.failedWhy'), retryable: true }}
          title={t('sharing.failedTitle')}
          did={t('sharing.failedDid')}
          can={t('sharing.failedCan')}
        >
          <div className="row pt-1">
            <Button look="prime" onClick={() => setSheet(true)}>
              {t('sharing.change')}
            </Button>
            <Button disabled={busy} onClick={() => void switchOff()}>
              {t('sharing.leaveOff')}
            </Button>
          </div>
        </ErrorForm>
      ) : null}
      {sharing.state === 'blocked' ? (
        <p className="row wrap blocked">
          <span>{sharing.reason ?? t('firstAdmin.why')}</span>
          <Button onClick={() => setSheet(true)}>{t('sharing.setUp')}</Button>
        </p>
      ) : null}
      {sharing.state === 'on' ? (
        <SharingFacts
          sharing={sharing}
          invite={
            <Button
              look="prime"
              icon={<Link2 size={14} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => navigate('/team/invites')}
            >
              {t('invites.add')}
            </Button>
          }
        />
      ) : null}
      {sheet ? <SharingSheet sharing={sharing} onClose={() => setSheet(false)} /> : null}
    </>
  )
}

/** Other Switchyards that announce themselves on this network. */
function Found({ sharing }: { sharing: SharingState }) {
  const { t } = useTranslation('team')
  if (sharing.found.length === 0) return null
  return (
    <section aria-label={t('found.title')}>
      <div className="group">
        <h2>{t('found.title')}</h2>
      </div>
      <ul className="lines">
        {sharing.found.map((other) => (
          <li key={other.url}>
            <b>{other.name}</b>
            <a className="cut grow" href={other.url} target="_blank" rel="noreferrer">
              {other.url}
            </a>
            <span className="s m">{t('found.version', { version: other.version })}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
