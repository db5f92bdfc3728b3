import type { ConnectionInput } from '#shared/connections.ts'
import type { ConnectionFamily } from '../../spec/connections.ts'
import { toEngineError } from '../../spec/engine-error.ts'
import { entryAt, fromOpenWebUiConfig } from '../../wire/open-webui/connection-config.ts'
import type { VariableReader } from './variable-reader.ts'

/** A connection that variables ask for, and the variable to name if it cannot be made. */
export interface AskedConnection {
  variable: string
  /** Throws `invalid_request`. */
  make(): ConnectionInput
}

/** Where an entry of OLLAMA_API_CONFIGS or OPENAI_API_CONFIGS is wrong, the connection is made without it. */
export function makeWithEntry(
  read: VariableReader,
  given: {
    family: ConnectionFamily
    url: string
    index: number
    configsVariable: string
    configs: Readonly<Record<string, unknown>>
    key?: string
    moreKeys?: readonly string[]
  },
): ConnectionInput {
  const { family, url, key, moreKeys } = given
  const base = { family, url, ...(key === undefined ? {} : { key }), ...(moreKeys === undefined ? {} : { moreKeys }) }
  try {
    return fromOpenWebUiConfig({ ...base, entry: entryAt(given.configs, given.index, url) })
  } catch (error) {
    read.refuse(given.configsVariable, `entry ${given.index}: ${toEngineError(error).message}`)
    return fromOpenWebUiConfig({ ...base, entry: null })
  }
}
