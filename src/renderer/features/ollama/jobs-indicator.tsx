import './jobs.css'
import { Popover } from '@base-ui/react/popover'
import { ArrowDownToLine, CircleX, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '#shared/jobs.ts'
import { announce } from '../../components/announcer.tsx'
import { JobList } from './job-list.tsx'
import { countJobs, fraction, hasEnded } from './job-view.ts'
import { followJobs, useJobsStore } from './jobs-store.ts'
import { useUploadStore } from './upload-store.ts'
import { useJobName } from './use-job-text.ts'

/**
 * The jobs that run, in the status strip of every page; it opens the list of them all. Gone while there is nothing to
 * say. It also keeps the store of jobs fresh, and says their ends to screen readers.
 */
export function JobsIndicator() {
  const { t } = useTranslation('jobs')
  const jobs = useJobsStore((store) => store.jobs)
  const sending = useUploadStore((store) => store.sending)
  const name = useJobName()
  useEffect(followJobs, [])
  useAnnouncedEnds(jobs)
  const active = jobs.filter((job) => !hasEnded(job))
  const counts = countJobs(jobs)
  const count = active.length + sending.length
  if (count === 0 && counts.failed === 0) return null
  const only = count === 1 ? active[0] : undefined
  const share = only === undefined ? null : fraction(only)
  const facts = [
    count === 0 ? null : only === undefined ? t('indicator.many', { count }) : name(only),
    share === null ? null : t('percent', { percent: Math.floor(share * 100) }),
    ...trouble(active),
    counts.failed === 0 ? null : t('indicator.failed', { count: counts.failed }),
  ].filter((fact) => fact !== null)
  const look = counts.failed > 0 && count === 0 ? 'bad' : counts.troubled > 0 ? 'warn' : ''
  const Icon = look === 'bad' ? CircleX : look === 'warn' ? TriangleAlert : ArrowDownToLine
  return (
    <Popover.Root>
      <Popover.Trigger className={`jobs-fact ${look}`} aria-label={t('indicator.open', { facts: facts.join(', ') })}>
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut">{facts.join(' · ')}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="pos" side="top" align="start" sideOffset={8} collisionPadding={8}>
          <Popover.Popup className="pop jobs-pop" aria-label={t('title')}>
            <JobList connectionId={null} title={t('everywhere')} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )

  function trouble(open: readonly Job[]): string[] {
    return (['stalled', 'retrying', 'interrupted'] as const)
      .filter((state) => open.some((job) => job.state === state))
      .map((state) => t(`indicator.${state}`))
  }
}

/** Says once that a job which this window saw running is done, failed or stalled. */
function useAnnouncedEnds(jobs: readonly Job[]): void {
  const { t } = useTranslation('jobs')
  const name = useJobName()
  const before = useRef(new Map<string, Job['state']>())
  useEffect(() => {
    for (const job of jobs) {
      const was = before.current.get(job.id)
      if (was === undefined || was === job.state) continue
      if (job.state === 'done' || job.state === 'failed' || job.state === 'stalled') {
        announce(t(`announce.${job.state}`, { job: name(job) }))
      }
    }
    before.current = new Map(jobs.map(({ id, state }) => [id, state]))
  })
}
