import type { TestRun } from './test-runs.ts'

/** A test as plain text, to be pasted into a message. English like the engine's own words. */
export function testReport(title: string, run: TestRun): string {
  const lines = run.steps.flatMap((step) => [
    `${step.step}: ${step.state}${step.ms === null ? '' : `, ${step.ms} ms`}${step.detail === null ? '' : `, ${step.detail}`}`,
    ...(step.error === null ? [] : [`  ${step.error.code}: ${step.error.message}`]),
    ...(step.advice === null ? [] : [`  ${step.advice}`]),
  ])
  const refusal = run.refusal === null ? [] : [`${run.refusal.error.code}: ${run.refusal.error.message}`]
  return [`Test of ${title}, ${new Date(run.startedAt).toISOString()}: ${run.state}`, ...lines, ...refusal].join('\n')
}
