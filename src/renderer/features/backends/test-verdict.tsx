import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { addressInAdvice } from './address-in-advice.ts'
import { failedStep, reasonOf, type TestRun } from './test-runs.ts'

/** What a finished test means: all well, or what happened, what we did, and what the person can do, with its buttons. */
export function TestVerdict({
  run,
  did,
  onAddress,
  onPin,
  onKeys,
}: {
  run: TestRun
  did: string
  /** Takes over the address that the advice says to type. */
  onAddress?: ((address: string) => void) | undefined
  onPin: (fingerprint: string) => void
  onKeys?: (() => void) | undefined
}) {
  const { t } = useTranslation('backends')
  if (run.state === 'running') return null
  if (run.refusal !== null) {
    return (
      <div className="verdict">
        <ErrorForm error={run.refusal.error} title={t('run.broken')} alert />
      </div>
    )
  }
  const step = failedStep(run)
  if (step === undefined) {
    const whole = run.steps.at(-1)?.state === 'ok'
    return (
      <p className="row verdict passed" role="status">
        <Check size={14} strokeWidth={1.75} aria-hidden="true" />
        {whole ? t('run.passed') : t('run.passedPart')}
      </p>
    )
  }
  const address = step.advice === null ? null : addressInAdvice(step.advice)
  const { fingerprint } = step
  const reason = reasonOf(step, t('run.badAddress'))
  const error: PublicError = {
    ...(step.error ?? { code: 'upstream_error', retryable: false }),
    message: reason,
  }
  const detail = [step.detail, error.detail].filter((part) => part !== null && part !== undefined && part !== '')
  return (
    <div className="verdict">
      <ErrorForm
        error={{ ...error, ...(detail.length === 0 ? {} : { detail: [...new Set(detail)].join('\n') }) }}
        title={t('run.failedAt', { step: t(`step.${step.step}`) })}
        did={did}
        can={step.advice ?? undefined}
        alert
      >
        <div className="row flex-wrap">
          {address === null || onAddress === undefined ? null : (
            <Button onClick={() => onAddress(address)}>{t('run.type', { address })}</Button>
          )}
          {fingerprint === null ? null : (
            <>
              <Button onClick={() => onPin(fingerprint)}>{t('run.pin')}</Button>
              <span className="s m">{t('run.pinNote')}</span>
            </>
          )}
          {step.step === 'auth' && onKeys !== undefined ? <Button onClick={onKeys}>{t('run.editKeys')}</Button> : null}
        </div>
      </ErrorForm>
    </div>
  )
}
