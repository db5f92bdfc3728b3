/** Where something stands in a Modelfile; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** What a FROM or ADAPTER line names: a model, a file, or a blob that the server already has. */
export interface ModelSource extends Position {
  value: string
}

export type ParameterValue = string | number | boolean | string[]

export const MESSAGE_ROLES = ['system', 'user', 'assistant'] as const

export interface ModelfileMessage {
  role: (typeof MESSAGE_ROLES)[number]
  content: string
}

/** A Modelfile, understood. Names and paths are not looked up yet. */
export interface Modelfile {
  from: ModelSource[]
  adapters: ModelSource[]
  template: string | null
  system: string | null
  parameters: Record<string, ParameterValue>
  messages: ModelfileMessage[]
  licenses: string[]
  /** Oldest Ollama version that can run it. */
  requires: string | null
  renderer: string | null
  parser: string | null
}
