import type { ConnectionTestStep } from '#shared/connections.ts'
import type { PublicError } from '#shared/errors.ts'
import { EngineError, toEngineError, toPublicError } from '../../spec/engine-error.ts'

/** How one step of a connection test ended. */
export interface StepOutcome {
  state: 'ok' | 'failed' | 'skipped'
  detail?: string
  error?: PublicError
  advice?: string | null
  fingerprint?: string
  /** The steps after it are skipped although it did not fail: they cannot be tried here. */
  endsTest?: boolean
}

/** A failed step, with the reason as it came. */
export function failedStep(thrown: unknown, more: Omit<StepOutcome, 'state' | 'error'> = {}): StepOutcome {
  const error = toEngineError(thrown)
  const reason = error.upstream?.bodyExcerpt ?? error.detail
  return { state: 'failed', error: toPublicError(error), ...(reason === undefined ? {} : { detail: reason }), ...more }
}

/** A step as the contract shows it. */
export function shownStep(
  step: ConnectionTestStep['step'],
  state: ConnectionTestStep['state'],
  ms: number | null,
  outcome: Partial<StepOutcome> = {},
): ConnectionTestStep {
  return {
    step,
    state,
    ms,
    detail: outcome.detail ?? null,
    error: outcome.error ?? null,
    advice: outcome.advice ?? null,
    fingerprint: outcome.fingerprint ?? null,
  }
}

/** What a cancelled test's steps throw. */
export function cancelledTest(): EngineError {
  return new EngineError('aborted', 'The test was cancelled.')
}
