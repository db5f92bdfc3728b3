import type { GgufFile, ModelMetrics } from '#shared/models.ts'
import { loadOptionsToJson } from './load-options-json.ts'

/**
 * A GGUF model. Sizes are bytes, times epoch seconds. Where it lies and how it is set up is for those who manage it
 * (`forAdmin`).
 */
export function localModelToJson(file: GgufFile, forAdmin: boolean): Record<string, unknown> {
  return {
    id: file.id,
    source: file.source,
    state: file.state,
    size: file.sizeBytes,
    modified_at: seconds(file.modifiedAt),
    last_used_at: seconds(file.lastUsedAt),
    capabilities: file.capabilities,
    facts: file.facts === null ? null : inSnakeCase(file.facts),
    loaded: loadedToJson(file.loaded, forAdmin),
    ...(forAdmin ? { path: file.path, reason: file.reason, options: loadOptionsToJson(file.options) } : {}),
  }
}

/** How a model has run since the start: tokens/s, bytes, ms to the first token, a GPU share of 0..1. */
export function metricsToJson({ loadedAt, ...metrics }: ModelMetrics): Record<string, unknown> {
  return { ...inSnakeCase(metrics), loaded_at: seconds(loadedAt) }
}

function loadedToJson(loaded: GgufFile['loaded'], forAdmin: boolean): Record<string, unknown> | null {
  if (loaded === null) return null
  const { loadedAt, expiresAt, options, ...rest } = loaded
  return {
    ...inSnakeCase(rest),
    loaded_at: seconds(loadedAt),
    expires_at: seconds(expiresAt),
    ...(forAdmin ? { options: loadOptionsToJson(options) } : {}),
  }
}

function seconds(epochMs: number | null): number | null {
  return epochMs === null ? null : Math.floor(epochMs / 1000)
}

/** Our own field names; never a record whose keys a person chose. */
function inSnakeCase(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
