import { X } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '#shared/jobs.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Progress } from '../../components/progress.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useFocusHeir } from '../../page/use-focus-heir.ts'
import { useNow } from '../../page/use-now.ts'
import { useConnectionStore } from '../../stores/connection-store.ts'
import { JobItems } from './job-items.tsx'
import { fraction, hasEnded, itemCounts, movement, positionInLine } from './job-view.ts'
import { cancelJob, dismissJob, resumeJob, useJobsStore } from './jobs-store.ts'
import { bytesOf, countdown, phaseText, useJobName } from './use-job-text.ts'

/** Ends with an advice of their own. */
const ADVISED = ['model_not_found', 'disk_full', 'forbidden', 'not_found'] as const

/** One job: what it does, how far it is, and what can be done about it. Trouble is told below, where it happened. */
export function JobRow({
  job,
  jobs,
  showServer,
  onDismissed,
}: {
  job: Job
  jobs: readonly Job[]
  /** Where the jobs of several servers stand together. */
  showServer: boolean
  onDismissed: () => void
}) {
  const { t } = useTranslation('jobs')
  const format = useFormat()
  const name = useJobName()(job)
  const held = job.state === 'stalled' || job.state === 'retrying' || job.state === 'interrupted'
  const ended = hasEnded(job)
  const share = fraction(job)
  // The layers of many models are no size that means anything once they are through.
  const bytes = ended && job.kind === 'update-all' ? '' : bytesOf(format, job.completedBytes, job.totalBytes)
  const kind = t(`kind.${job.kind}`)
  return (
    <li className="job" aria-label={name} data-state={job.state}>
      <div className="job-line">
        <span className="job-name">
          <b className="cut">{job.model === '' ? t('allModels') : job.model}</b>
          <span className="s m cut">
            {showServer ? t('on', { kind, server: job.connectionName }) : kind}
            {ended || job.state === 'queued' ? '' : ` · ${phaseText(t, job.phase)}`}
          </span>
        </span>
        <span className="job-way">
          <span className="job-figures">
            <span className="n m nw">
              {bytes}
              {share === null || ended ? '' : ` · ${t('percent', { percent: Math.floor(share * 100) })}`}
            </span>
            <JobState job={job} jobs={jobs} />
          </span>
          {ended && (job.state !== 'failed' || share === null || job.kind === 'update-all') ? null : (
            <Progress
              value={job.state === 'queued' ? (share ?? 0) : share}
              label={t('progress', { job: name })}
              warn={held}
            />
          )}
        </span>
        <JobActions job={job} name={name} onDismissed={onDismissed} />
      </div>
      <JobTrouble job={job} name={name} />
      {job.items.length === 0 ? null : <JobItems job={job} />}
    </li>
  )
}

/** The state in a few words. A speed stands here only while bytes come. */
function JobState({ job, jobs }: { job: Job; jobs: readonly Job[] }) {
  const { t } = useTranslation('jobs')
  const format = useFormat()
  const now = useNow(1000)
  const heardAt = useJobsStore((store) => store.heardAt)
  const connected = useConnectionStore((store) => store.connection.state === 'connected')
  if (hasEnded(job)) {
    const ago = format.ago(job.endedAt ?? job.createdAt, now)
    const word = job.state === 'done' ? t('done', { ago }) : job.state === 'failed' ? t('failed', { ago }) : null
    return <span className={job.state === 'failed' ? 's bad nw' : 's m nw'}>{word ?? t('cancelled', { ago })}</span>
  }
  if (!connected && heardAt !== null) {
    return <span className="s warn nw">{t('silent', { time: format.time(heardAt) })}</span>
  }
  switch (job.state) {
    case 'queued': {
      const line = positionInLine(job, jobs)
      return <span className="s m nw">{line === null ? '' : t('waiting', { ...line })}</span>
    }
    case 'stalled':
      return (
        <span className="s warn nw">
          {t('stalled', { time: countdown(format, now - (job.progressAt ?? job.startedAt ?? job.createdAt)) })}
        </span>
      )
    case 'retrying': {
      const wait = (job.retryAt ?? 0) - now
      return (
        <span className="s warn nw">
          {wait > 0 ? t('retrying', { time: countdown(format, wait) }) : t('retryingNow')}
        </span>
      )
    }
    case 'interrupted':
      return <span className="s warn nw">{t('interrupted')}</span>
    default: {
      const moves = movement(job, { at: heardAt, connected }, now)
      if (moves === null) return null
      return (
        <span className="s nw">
          {t('speed', { size: format.bytes(moves.bytesPerSecond) })}
          {moves.secondsLeft === null ? '' : ` · ${t('left', { time: countdown(format, moves.secondsLeft * 1000) })}`}
        </span>
      )
    }
  }
}

function JobActions({ job, name, onDismissed }: { job: Job; name: string; onDismissed: () => void }) {
  const { t } = useTranslation('jobs')
  const busy = useJobsStore((store) => store.busy[job.id]) === true
  const ended = hasEnded(job)
  const end = useRef<HTMLButtonElement>(null)
  const stopped = job.state === 'failed' || job.state === 'cancelled' || job.state === 'interrupted'
  const resumable = stopped && job.canResume
  return (
    <span className="job-acts">
      {resumable || job.state === 'retrying' ? <Resume job={job} name={name} busy={busy} heir={end} /> : null}
      {/* One button for both, so that the focus stays when a cancelled job can be dismissed. */}
      <IconButton
        label={ended ? t('dismissNamed', { job: name }) : t('cancelNamed', { job: name })}
        icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
        ref={end}
        busy={busy}
        onClick={async () => {
          if (!ended) return cancelJob(job.id)
          await dismissJob(job.id)
          onDismissed()
        }}
      />
    </span>
  )
}

/** Goes as soon as the job does; the button beside it stays. */
function Resume({
  job,
  name,
  busy,
  heir,
}: {
  job: Job
  name: string
  busy: boolean
  heir: RefObject<HTMLButtonElement | null>
}) {
  const { t } = useTranslation('jobs')
  const button = useRef<HTMLButtonElement>(null)
  useFocusHeir(button, () => heir.current)
  return (
    <Button
      ref={button}
      look={job.state === 'failed' || job.state === 'interrupted' ? 'plain' : 'quiet'}
      busy={busy}
      aria-label={job.state === 'retrying' ? t('tryNowNamed', { job: name }) : t('resumeNamed', { job: name })}
      onClick={() => void resumeJob(job.id)}
    >
      {job.state === 'retrying' ? t('tryNow') : t('resume')}
    </Button>
  )
}

/** Why it does not move, or why it ended. */
function JobTrouble({ job, name }: { job: Job; name: string }) {
  const { t, i18n } = useTranslation(['jobs', 'errors'])
  const format = useFormat()
  const failure = useJobsStore((store) => store.failures[job.id])
  const english = i18n.language.startsWith('en')
  return (
    <>
      {job.state === 'stalled' ? (
        <p className="s warn job-note">
          {job.progressAt === null
            ? t('jobs:stalledNever', { attempt: job.attempts })
            : t('jobs:stalledNote', { since: format.time(job.progressAt), attempt: job.attempts })}
        </p>
      ) : null}
      {job.state === 'retrying' && job.error !== null ? (
        <p className="s warn job-note" title={job.error.detail}>
          {t('jobs:retryingNote', { reason: english ? job.error.message : t(`errors:${job.error.code}.what`) })}
        </p>
      ) : null}
      {job.state === 'interrupted' ? <p className="s warn job-note">{t('jobs:interruptedNote')}</p> : null}
      {job.state === 'cancelled' ? (
        <p className="s m job-note">{t(job.canResume ? `jobs:cancelledNote.${job.kind}` : 'jobs:cancelledFileGone')}</p>
      ) : null}
      {job.state === 'failed' && job.error !== null ? (
        <div className="job-note">
          <ErrorForm
            error={job.error}
            title={
              job.items.length > 0
                ? t('jobs:failedTitleUpdate', { failed: itemCounts(job.items).failed, all: job.items.length })
                : t('jobs:failedTitle', { job: name })
            }
            did={job.kind === 'update-all' ? t('jobs:failedDidUpdate') : t('jobs:failedDid')}
            can={t(`jobs:failedCan.${ADVISED.find((code) => code === job.error?.code) ?? 'other'}`, {
              server: job.connectionName,
            })}
          />
        </div>
      ) : null}
      {failure === undefined ? null : (
        <div className="job-note">
          <ErrorForm error={failure} alert />
        </div>
      )}
    </>
  )
}
