import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Job } from '#shared/jobs.ts'
import type { Formatter } from '../../i18n/format.ts'

/** `Pull llama3.2:3b`, `Update all`. */
export function jobName(t: TFunction<'jobs'>, job: Pick<Job, 'kind' | 'model'>): string {
  const kind = t(`kind.${job.kind}`)
  return job.model === '' ? kind : t('named', { kind, model: job.model })
}

/** The name of a job, for labels and sentences. */
export function useJobName(): (job: Pick<Job, 'kind' | 'model'>) => string {
  const { t } = useTranslation('jobs')
  return (job) => jobName(t, job)
}

/** What the server says that it does, in plain words where they are known. */
export function phaseText(t: TFunction<'jobs'>, phase: string): string {
  const [, doing, digest] = /^(pulling|pushing) (?:sha256:)?([0-9a-f]{8,12})/.exec(phase) ?? []
  if (digest !== undefined) return doing === 'pulling' ? t('phase.layer', { digest }) : t('phase.send', { digest })
  if (phase === '') return t('phase.starting')
  if (/^(pulling|retrieving) manifest/.test(phase)) return t('phase.manifest')
  if (/^pushing manifest/.test(phase)) return t('phase.pushManifest')
  if (/^verifying/.test(phase)) return t('phase.verify')
  if (/^writing manifest/.test(phase)) return t('phase.write')
  if (/^removing/.test(phase)) return t('phase.clean')
  if (/^creating the model/.test(phase)) return t('phase.create')
  return phase === 'success' ? t('phase.success') : phase
}

/** `8.6 / 14.3 GB`: the unit is said once when both share it. */
export function bytesOf(format: Formatter, done: number | null, total: number | null): string {
  if (done === null) return total === null ? '' : format.bytes(total)
  if (total === null) return format.bytes(done)
  const [value, unit] = format.bytes(done).split(' ')
  const whole = format.bytes(total)
  return unit !== undefined && whole.endsWith(` ${unit}`) ? `${value} / ${whole}` : `${value} ${unit} / ${whole}`
}

/** A time that counts down or up, in whole seconds, from an hour on in minutes: `42 s`, `4 min 12 s`, `2 h 5 min`, `3 days`. */
export function countdown(format: Formatter, ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${format.number(seconds)} s`
  if (seconds < 3600) return format.duration(seconds * 1000)
  if (seconds >= 86_400) return format.seconds(seconds)
  const minutes = Math.floor((seconds % 3600) / 60)
  const hours = `${format.number(Math.floor(seconds / 3600))} h`
  return minutes === 0 ? hours : `${hours} ${format.number(minutes)} min`
}
