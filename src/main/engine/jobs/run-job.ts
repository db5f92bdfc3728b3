import { createModel, uploadModel } from './create-model.ts'
import { followProgress } from './follow-progress.ts'
import { type JobRun, persevere } from './persevere.ts'
import { updateAllModels } from './update-all-models.ts'

/** Does what a job was asked for. Throws as persevere does. */
export function runJob(run: JobRun): Promise<void> {
  const { input } = run.record
  switch (input.kind) {
    case 'pull':
    case 'push': {
      const body = { model: input.model, stream: true, ...(input.insecure ? { insecure: true } : {}) }
      return persevere(run, (attempt) => followProgress(attempt, `/api/${input.kind}`, body))
    }
    case 'create':
      return createModel(run, input)
    case 'upload':
      return uploadModel(run, input)
    case 'update-all':
      return updateAllModels(run)
  }
}
