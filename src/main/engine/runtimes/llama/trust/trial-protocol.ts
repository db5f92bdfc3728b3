/** Parent to trial child. */
export interface TrialTask {
  path: string
  forEmbedding: boolean
}

/** Trial child to parent. `ready` starts the file's time limit; a child that dies says nothing more. */
export type TrialMessage =
  | { type: 'ready' }
  | { type: 'phase'; phase: string }
  | { type: 'passed' }
  | { type: 'refused'; reason: string; detail: string | null }
