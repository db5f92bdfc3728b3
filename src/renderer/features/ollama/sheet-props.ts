import type { ConnectionView } from '#shared/connections.ts'
import type { OllamaModel } from '#shared/jobs.ts'

/** What every sheet of the manager is given. */
export interface SheetProps {
  connection: ConnectionView
  models: readonly OllamaModel[]
}
