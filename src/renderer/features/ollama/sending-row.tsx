import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Progress } from '../../components/progress.tsx'
import { useFormat } from '../../i18n/format.ts'
import { forgetSending, type Sending, stopSending } from './upload-store.ts'
import { bytesOf } from './use-job-text.ts'

/** A file that this browser sends to the engine: the one part of a job that needs its window. */
export function SendingRow({ sending }: { sending: Sending }) {
  const { t } = useTranslation(['jobs', 'app'])
  const format = useFormat()
  const { sentBytes, totalBytes, fileName, error } = sending
  if (error !== null) {
    return (
      <li className="job">
        <ErrorForm
          error={error}
          title={t('jobs:sendingFailed', { file: fileName })}
          did={t('jobs:sendingFailedDid')}
          alert
          aside={
            <IconButton
              label={t('jobs:dismissNamed', { job: fileName })}
              icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => forgetSending(sending.id)}
            />
          }
        />
      </li>
    )
  }
  return (
    <li className="job" aria-label={fileName}>
      <div className="job-line">
        <span className="job-name">
          <b className="cut">{sending.model}</b>
          <span className="s m cut">{fileName}</span>
        </span>
        <span className="job-way">
          <span className="job-figures">
            <span className="n m nw">{bytesOf(format, sentBytes, totalBytes)}</span>
            <span className="s warn">{t('jobs:sending')}</span>
          </span>
          <Progress
            value={totalBytes === 0 ? null : sentBytes / totalBytes}
            label={t('jobs:progress', { job: fileName })}
          />
        </span>
        <span className="job-acts">
          <IconButton
            label={t('jobs:sendingStop', { file: fileName })}
            icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => stopSending(sending.id)}
          />
        </span>
      </div>
    </li>
  )
}
