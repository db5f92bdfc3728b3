import type { Job, JobState } from '#shared/jobs.ts'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import { isUnreachable } from './failures.ts'
import { followProgress } from './follow-progress.ts'
import { readModelList } from './ollama-answers.ts'
import { type JobRun, persevere } from './persevere.ts'

type Item = Job['items'][number]

/**
 * Pulls every model of a server again, one after the other. What fails is kept by name and does not stop the rest,
 * unless the server itself is gone. Throws at the end if any failed, with all their names and reasons.
 */
export async function updateAllModels(run: JobRun): Promise<void> {
  const { record } = run
  const { digests } = record.checkpoint
  if (record.job().items.length === 0) {
    Object.assign(digests, await currentDigests(run))
    record.update({ items: Object.keys(digests).map((model) => ({ model, state: 'queued', changed: null })) })
  }
  const reasons: string[] = []
  for (const { model, state } of record.job().items) {
    if (state === 'done') continue
    setItem(run, model, { state: 'running' })
    try {
      await persevere(run, (attempt) => followProgress(attempt, '/api/pull', { model, stream: true }))
      const now = (await currentDigests(run))[model]
      setItem(run, model, { state: 'done', changed: now !== digests[model] })
      if (now !== digests[model]) await run.refreshCatalog()
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = toEngineError(thrown)
      setItem(run, model, { state: 'failed' })
      if (isUnreachable(error)) throw gaveUp(run, model, error)
      reasons.push(`${model}: ${error.message}`)
    }
  }
  const { items } = record.job()
  record.update({ phase: summary(items) })
  const failed = named(items, 'failed')
  if (failed.length === 0) return
  const message = `${summary(items)}. Not updated: ${failed.join(', ')}.`
  throw new EngineError('upstream_error', message, { detail: reasons.join('\n') })
}

/** Digests by model name. */
async function currentDigests(run: JobRun): Promise<Record<string, string>> {
  const models = await persevere(run, async ({ upstream, signal }) =>
    readModelList(await upstream.json({ method: 'GET', path: '/api/tags', signal })),
  )
  return Object.fromEntries(models.map(({ name, digest }) => [name, digest]))
}

function setItem(run: JobRun, model: string, patch: Partial<Item>): void {
  const { items } = run.record.job()
  run.record.update({ items: items.map((item) => (item.model === model ? { ...item, ...patch } : item)) })
}

/** The rest is not tried, and not called failed: it goes on from here when resumed. */
function gaveUp(run: JobRun, model: string, error: EngineError): EngineError {
  const { items } = run.record.job()
  run.record.update({
    phase: summary(items),
    items: items.map((item) => (item.state === 'queued' ? { ...item, state: 'interrupted' } : item)),
  })
  const message = `${summary(items)}, then ${model} could not be asked for: ${error.message}`
  return new EngineError(error.code, message, { cause: error, ...(error.detail ? { detail: error.detail } : {}) })
}

function summary(items: readonly Item[]): string {
  const done = items.filter(({ state }) => state === 'done')
  const updated = done.filter(({ changed }) => changed === true).length
  const failed = named(items, 'failed').length
  const parts = [`${updated} updated`, `${done.length - updated} already up to date`]
  return [...parts, ...(failed === 0 ? [] : [`${failed} failed`])].join(', ')
}

function named(items: readonly Item[], state: JobState): string[] {
  return items.filter((item) => item.state === state).map(({ model }) => model)
}
