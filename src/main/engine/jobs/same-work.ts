import { ollamaModelName } from '../wire/ollama/model-name.ts'
import type { JobInput } from './job-input.ts'

/** Whether two jobs would do the same: who asks for a transfer that runs already joins it. */
export function sameWork(left: JobInput, right: JobInput): boolean {
  if (left.kind !== right.kind || left.connectionId !== right.connectionId) return false
  if (left.kind === 'update-all') return true
  // A file that was sent has a path of its own: only one that lies on this machine can be named twice.
  if (left.kind === 'upload' && right.kind === 'upload') {
    return left.path === right.path && ollamaModelName(left.model) === ollamaModelName(right.model)
  }
  const transfers = (left.kind === 'pull' && right.kind === 'pull') || (left.kind === 'push' && right.kind === 'push')
  return transfers && ollamaModelName(left.model) === ollamaModelName(right.model)
}
