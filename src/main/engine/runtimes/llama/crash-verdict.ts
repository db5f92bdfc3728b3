import type { JobKind } from './protocol.ts'

/** A job that the worker thread had begun and not answered when it died. */
export interface UnfinishedJob {
  kind: JobKind
  /** The model's id; null for a job that is about none. */
  model: string | null
}

/**
 * The model whose load ended the thread: a load was all that went on there. Null where nothing was being loaded, and
 * where anything else ran beside the load, since either may have done it. An innocent file would be shut out for good; a
 * bad one is found out soon, because all other work died with the thread and its next load is likely to be alone there.
 */
export function modelThatCrashed(unfinished: readonly UnfinishedJob[]): string | null {
  const [only, ...others] = unfinished
  return only?.kind === 'load' && others.length === 0 ? only.model : null
}
