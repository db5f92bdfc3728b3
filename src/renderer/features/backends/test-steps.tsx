import { Check, CircleDashed, CircleX, LoaderCircle, Minus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type ConnectionTestStep, TEST_STEPS } from '#shared/connections.ts'
import { reasonOf, stepBars, type TestRun } from './test-runs.ts'
import { useShortTime } from './use-times.ts'

/** All steps of a test, each with what it found and its time as a bar on its own hairline. */
export function TestSteps({ run }: { run: TestRun }) {
  const { t } = useTranslation('backends')
  const short = useShortTime()
  const bars = stepBars(run.steps)
  return (
    <ol className="steps">
      {TEST_STEPS.map((name) => {
        const step = run.steps.find((other) => other.step === name)
        const bar = bars.get(name)
        return (
          <li key={name} className={step?.state ?? 'waiting'}>
            <StepIcon state={step?.state ?? null} />
            <b>{t(`step.${name}`)}</b>
            <span className="sr">{stateWord(step)}</span>
            <span className="n">
              {step === undefined || step.ms === null || step.state === 'skipped' ? '' : short(step.ms)}
            </span>
            {step?.state === 'failed' ? (
              <span className="s bad">{reasonOf(step, t('run.badAddress'))}</span>
            ) : step?.detail ? (
              <span className="s m">{step.detail}</span>
            ) : null}
            {step !== undefined && step.state !== 'failed' && step.advice !== null ? (
              <span className="s warn">{step.advice}</span>
            ) : null}
            {bar === undefined ? null : (
              <i className={step?.state === 'failed' ? 'wf bad' : 'wf'}>
                <u style={{ left: `${bar.x}%`, width: `${bar.width}%` }} />
              </i>
            )}
          </li>
        )
      })}
    </ol>
  )

  function stateWord(step: ConnectionTestStep | undefined): string {
    switch (step?.state) {
      case 'ok':
        return t('run.okWord')
      case 'failed':
        return t('run.failedWord')
      case 'skipped':
        return t('run.skipped')
      case 'running':
        return t('run.runningWord')
      default:
        return t('run.waiting')
    }
  }
}

function StepIcon({ state }: { state: ConnectionTestStep['state'] | null }) {
  const look = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
  switch (state) {
    case 'ok':
      return <Check {...look} />
    case 'failed':
      return <CircleX {...look} className="bad" />
    case 'skipped':
      return <Minus {...look} className="m" />
    case 'running':
      return <LoaderCircle {...look} className="turning" />
    default:
      return <CircleDashed {...look} className="m" />
  }
}
