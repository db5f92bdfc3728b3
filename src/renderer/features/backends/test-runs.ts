import { create } from 'zustand'
import { type ConnectionInput, type ConnectionTestStep, type ConnectionView, TEST_STEPS } from '#shared/connections.ts'
import { client } from '../../bridge/client.ts'
import { inputOfView } from './connection-draft.ts'
import { type Refusal, readRefusal } from './field-errors.ts'

/** One test: the steps as far as they are known, in their order. */
export interface TestRun {
  state: 'running' | 'passed' | 'failed' | 'broken'
  startedAt: number
  endedAt: number | null
  steps: readonly ConnectionTestStep[]
  /** Why the test itself could not run: the configuration was refused, or the engine went away. */
  refusal: Refusal | null
}

export type StepName = ConnectionTestStep['step']

/** Key of the test of what the form holds; stored connections have their id. */
export const DRAFT_RUN = 'draft'
/** Tests at once when all are tested: some servers load a model for their token. */
const AT_ONCE = 4

/** Tests by connection id; the last of each stays until it is closed. */
export const useTestRuns = create<{ runs: Readonly<Record<string, TestRun>>; testingAll: boolean }>(() => ({
  runs: {},
  testingAll: false,
}))

const stops = new Map<string, AbortController>()

/** Starts a test, ending an earlier one of the same key. Resolves with how it ended; null if it was stopped. */
export async function startTest(key: string, id: string | null, input: ConnectionInput): Promise<TestRun | null> {
  stops.get(key)?.abort()
  const stop = new AbortController()
  stops.set(key, stop)
  let run: TestRun = { state: 'running', startedAt: Date.now(), endedAt: null, steps: [], refusal: null }
  const show = (patch: Partial<TestRun>): void => {
    run = { ...run, ...patch }
    if (!stop.signal.aborted) putRun(key, run)
  }
  show({})
  try {
    for await (const step of await client.connections.test({ id, input }, { signal: stop.signal })) {
      if (stop.signal.aborted) return null
      show({ steps: withStep(run.steps, step) })
    }
    if (stop.signal.aborted) return null
    const failed = run.steps.some((step) => step.state === 'failed')
    show({ state: failed ? 'failed' : 'passed', endedAt: Date.now() })
  } catch (error) {
    if (stop.signal.aborted) return null
    show({ state: 'broken', endedAt: Date.now(), refusal: readRefusal(error) })
  } finally {
    if (stops.get(key) === stop) stops.delete(key)
  }
  return run
}

/** Ends a test and takes it off the page. */
export function closeTest(key: string): void {
  stops.get(key)?.abort()
  stops.delete(key)
  useTestRuns.setState(({ runs }) => ({
    runs: Object.fromEntries(Object.entries(runs).filter(([other]) => other !== key)),
  }))
}

/** Tests every connection that is in use, a few at a time. Resolves with how many there were and how many failed. */
export async function testAll(views: readonly ConnectionView[]): Promise<{ count: number; failed: number }> {
  const waiting = views.filter((view) => view.config !== null && view.health.state !== 'disabled')
  const count = waiting.length
  let failed = 0
  useTestRuns.setState({ testingAll: true })
  const work = async (): Promise<void> => {
    for (let view = waiting.shift(); view !== undefined; view = waiting.shift()) {
      const run = await startTest(view.id, view.id, inputOfView(view))
      if (run !== null && run.state !== 'passed') failed += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    useTestRuns.setState({ testingAll: false })
  }
  return { count, failed }
}

/** The step that a test failed at. */
export function failedStep(run: TestRun): ConnectionTestStep | undefined {
  return run.steps.find((step) => step.state === 'failed')
}

/** Why a step failed. An address is refused with what to type instead: that is advice, so `badAddress` stands for it. */
export function reasonOf({ step, error, advice, detail }: ConnectionTestStep, badAddress: string): string {
  if (step === 'address' && error !== null && error.message === advice) return badAddress
  return error?.message ?? detail ?? ''
}

/** What the steps took together, ms. */
export function tookMs(run: TestRun): number {
  return run.steps.reduce((sum, step) => sum + (step.ms ?? 0), 0)
}

/** Start and length of each step's bar, in percent of the whole test. */
export function stepBars(steps: readonly ConnectionTestStep[]): Map<StepName, { x: number; width: number }> {
  const total = Math.max(
    1,
    steps.reduce((sum, step) => sum + (step.ms ?? 0), 0),
  )
  const bars = new Map<StepName, { x: number; width: number }>()
  let before = 0
  for (const step of steps) {
    if (step.ms === null || step.state === 'skipped') continue
    // A bar of no width would be no bar.
    const width = Math.max(1.5, (step.ms / total) * 100)
    bars.set(step.step, { x: Math.min(100 - width, (before / total) * 100), width })
    before += step.ms
  }
  return bars
}

function withStep(steps: readonly ConnectionTestStep[], step: ConnectionTestStep): ConnectionTestStep[] {
  const others = steps.filter((other) => other.step !== step.step)
  return [...others, step].sort((a, b) => TEST_STEPS.indexOf(a.step) - TEST_STEPS.indexOf(b.step))
}

function putRun(key: string, run: TestRun): void {
  useTestRuns.setState(({ runs }) => ({ runs: { ...runs, [key]: run } }))
}
