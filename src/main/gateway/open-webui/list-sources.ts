import type { ConnectionConfig } from '#shared/connections.ts'
import type { Engine } from '../../engine/spec/engine.ts'
import type { OllamaListSource } from '../../engine/wire/open-webui/ollama-list.ts'
import type { OpenAiListSource } from '../../engine/wire/open-webui/openai-list.ts'
import { members, prefixOf } from './connection-family.ts'

/** What each Ollama connection is known to have, for the merged lists. Nobody is asked. */
export function ollamaSources(engine: Engine): OllamaListSource[] {
  return members(engine, 'ollama').map(({ index, connection }) => ({
    index,
    prefix: prefixOf(connection),
    tags: connection.config?.tags ?? [],
    connectionType: connection.config?.connectionType ?? 'local',
    modelIds: connection.config?.modelIds ?? [],
    models: engine.catalog.snapshot(connection.id)?.models ?? [],
  }))
}

/** The same for the OpenAI family. */
export function openAiSources(engine: Engine): OpenAiListSource[] {
  return members(engine, 'openai').map(({ index, connection }) => ({
    index,
    baseUrl: connection.config?.baseUrl ?? '',
    prefix: prefixOf(connection),
    tags: connection.config?.tags ?? [],
    connectionType: connection.config?.connectionType ?? 'external',
    provider: providerWord(connection.config),
    modelIds: connection.config?.modelIds ?? [],
    models: engine.catalog.snapshot(connection.id)?.models ?? [],
  }))
}

/** Which model of the catalog a listed id is; an unknown one stands for itself. */
export function modelOf(engine: Engine): (id: string) => string {
  return (id) => engine.catalog.find(id)?.id ?? id
}

function providerWord(config: Readonly<ConnectionConfig> | null): string {
  if (config === null) return ''
  return config.provider === 'openai' ? (config.compatibleKind ?? '') : config.provider
}
