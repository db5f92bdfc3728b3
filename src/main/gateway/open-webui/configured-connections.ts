import { z } from 'zod'
import type { ConnectionInput, ConnectionView } from '#shared/connections.ts'
import type { Connection, ConnectionFamily } from '../../engine/spec/connections.ts'
import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { entryAt, fromOpenWebUiConfig, toOpenWebUiConfig } from '../../engine/wire/open-webui/connection-config.ts'
import { asForm } from './read-form.ts'
import { type Described, holdsMask, lenderFor, storedFor } from './stored-match.ts'

export const urlsField = z.array(z.string().min(1).max(2048)).max(1000)
export const configsField = z.record(z.string(), z.unknown()).nullish()

/** How long a change waits for what its new servers list, so that the next list has it, ms. */
const FIRST_LOOKS_MS = 2_000

/** A family's connections in list order, also disabled ones: position is `url_idx`. */
export function configured(engine: Engine, family: ConnectionFamily): ConnectionView[] {
  return engine.connections.family(family).flatMap((id) => engine.connections.get(id) ?? [])
}

/** `OLLAMA_API_CONFIGS` or `OPENAI_API_CONFIGS`: by index, secrets masked. */
export function configsByIndex(views: readonly ConnectionView[]): Record<string, unknown> {
  return Object.fromEntries(views.map((view, index) => [String(index), toOpenWebUiConfig(view)]))
}

/**
 * Makes a family be these addresses with these entries, all or nothing. A connection keeps its id, and what Open WebUI
 * has no field for, as long as its address or its position stays; where several have one address, its masks tell it. Entries whose index has no address are dropped. Resolves when servers that
 * nothing is known of were asked for their models, or did not answer for a while.
 */
export async function configure(
  engine: Engine,
  family: ConnectionFamily,
  wanted: {
    /** Switches the family; null leaves it as it is. */
    enabled: boolean | null
    urls: readonly string[]
    keys?: readonly string[]
    configs: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const described = wanted.urls.map((url, index) => ({
    url,
    entry: entryAt(wanted.configs, index, url),
    ...(wanted.keys === undefined ? {} : { key: wanted.keys[index] ?? '' }),
  }))
  const before = storedFor(configured(engine, family), described)
  for (const [index, each] of described.entries()) refuseForeignMasks(before[index] ?? null, each)
  const entries = await asForm(() =>
    described.map((each, index) => {
      const existing = before[index] ?? null
      const input: ConnectionInput = fromOpenWebUiConfig({ family, ...each, existing })
      return { id: existing?.id ?? null, input }
    }),
  )
  await engine.connections.replaceFamily(family, entries)
  if (wanted.enabled !== null) await engine.connections.setFamilyEnabled(family, wanted.enabled)
  await engine.catalog.firstLooks(FIRST_LOOKS_MS)
}

/** Asks a server that may not be saved. The connection of the same address and mask lends its key. */
export async function withUnsaved<Answer>(
  engine: Engine,
  family: ConnectionFamily,
  given: { url: string; key: string; entry: unknown },
  ask: (connection: Connection) => Promise<Answer>,
): Promise<Answer> {
  const { connections } = engine
  if (connections.unsaved === undefined) {
    throw new EngineError('unsupported', 'This server cannot try a connection before it is saved.')
  }
  const saved = lenderFor(configured(engine, family), given)
  const input = await asForm(() => fromOpenWebUiConfig({ family, ...given, existing: saved }))
  const connection = await connections.unsaved({ ...input, enabled: true, modelIds: [] }, saved?.id ?? null)
  try {
    return await ask(connection)
  } finally {
    await connection.adapter.upstream?.close()
  }
}

/** A mask stands for a secret that was given for one host. It must not follow when another takes the host's place. */
function refuseForeignMasks(existing: ConnectionView | null, given: Described): void {
  if (existing === null || hostOf(existing.config?.baseUrl ?? '') === hostOf(given.url) || !holdsMask(given)) return
  throw new EngineError(
    'invalid_request',
    `The masked key or header was given for ${hostOf(existing.config?.baseUrl ?? '')}. Enter it again for ${given.url}.`,
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}
