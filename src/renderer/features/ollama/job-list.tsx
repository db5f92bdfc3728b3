import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '#shared/jobs.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { JobRow } from './job-row.tsx'
import { countJobs, inReadingOrder } from './job-view.ts'
import { dismissJob, refreshJobs, useJobsStore } from './jobs-store.ts'
import { SendingRow } from './sending-row.tsx'
import { useUploadStore } from './upload-store.ts'

/** Shown at first; more on request. A server may have a thousand jobs. */
const ACTIVE_SHOWN = 20
const ENDED_SHOWN = 3

/** The jobs of one server (or of all), with what was said about them. Nothing at all while there are none. */
export function JobList({ connectionId, title }: { connectionId: string | null; title: string }) {
  const { t } = useTranslation(['jobs', 'app'])
  const heading = useRef<HTMLHeadingElement>(null)
  const [all, setAll] = useState(false)
  const known = useJobsStore((store) => store.jobs)
  const error = useJobsStore((store) => store.error)
  const sent = useUploadStore((store) => store.sending)
  const jobs = connectionId === null ? known : known.filter((job) => job.connectionId === connectionId)
  const sending = connectionId === null ? sent : sent.filter((one) => one.connectionId === connectionId)
  const { active, ended } = inReadingOrder(jobs)
  if (jobs.length === 0 && sending.length === 0) {
    return error === null ? null : (
      <ErrorForm error={error} title={t('jobs:notListed')}>
        <div className="row pt-1">
          <Button onClick={() => void refreshJobs()}>{t('app:retry')}</Button>
        </div>
      </ErrorForm>
    )
  }
  const shown = [
    ...active.slice(0, all ? active.length : ACTIVE_SHOWN),
    ...ended.slice(0, all ? ended.length : ENDED_SHOWN),
  ]
  const hidden = active.length + ended.length - shown.length
  return (
    <section className="jobs" aria-label={title}>
      <div className="group">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Counts jobs={jobs} />
        {ended.length < 2 ? null : (
          <span className="end">
            <Button
              look="quiet"
              onClick={async () => {
                await Promise.all(ended.map(({ id }) => dismissJob(id)))
                heading.current?.focus()
              }}
            >
              {t('jobs:dismissEnded')}
            </Button>
          </span>
        )}
      </div>
      <ul className="job-list">
        {sending.map((one) => (
          <SendingRow key={one.id} sending={one} />
        ))}
        {shown.map((job) => (
          <JobRow
            key={job.id}
            job={job}
            jobs={known}
            showServer={connectionId === null}
            onDismissed={() => heading.current?.focus()}
          />
        ))}
      </ul>
      {hidden === 0 && !all ? null : (
        <p className="s m pt-1">
          {hidden === 0 && shown.length <= ENDED_SHOWN ? null : (
            <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? t('jobs:fewer') : t('jobs:more', { count: hidden })}
            </button>
          )}
        </p>
      )}
    </section>
  )
}

function Counts({ jobs }: { jobs: readonly Job[] }) {
  const { t } = useTranslation('jobs')
  const counts = countJobs(jobs)
  const words = (['running', 'waiting', 'troubled', 'failed'] as const)
    .filter((key) => counts[key] > 0)
    .map((key) => t(`counts.${key}`, { count: counts[key] }))
  return <span className="m">{words.join(' · ')}</span>
}
