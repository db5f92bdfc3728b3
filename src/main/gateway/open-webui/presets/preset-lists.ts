import { setImmediate as nextTurn } from 'node:timers/promises'
import { PRESET_PAGE, type Preset, type PresetQuery, presetQuerySchema } from '#shared/presets.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson, sendPieces } from '../../respond.ts'
import { arrayPieces, recordFor } from './preset-answers.ts'

/** How often a list that changes while it is read is begun anew. */
const MOST_READINGS = 5
const ORDERS: ReadonlySet<string> = new Set(presetQuerySchema.shape.orderBy.unwrap().options)

/** GET /api/v1/models/list: 30 a page of the presets that the caller may see. */
export function listPresets(exchange: Exchange): void {
  const { presets } = exchange.gateway.engine
  const { items, total } = presets.list(presetQuery(exchange), exchange.principal)
  sendJson(exchange, 200, {
    items: items.map(({ preset }) => withoutPicture(recordFor(exchange, preset))),
    total,
  })
}

/** GET /api/v1/models/tags */
export function presetTags(exchange: Exchange): void {
  sendJson(exchange, 200, exchange.gateway.engine.presets.tags(exchange.principal))
}

/** GET /api/v1/models/base: the overrides of base models, all of them. */
export async function listOverrides(exchange: Exchange): Promise<void> {
  const tag = new URLSearchParams(exchange.query).get('tag')
  return sendPieces(exchange, arrayPieces(await overrides(exchange, tag)))
}

/** GET /api/v1/models/base/tags */
export function overrideTags(exchange: Exchange): void {
  sendJson(exchange, 200, exchange.gateway.engine.presets.tags(exchange.principal, 'overrides'))
}

/**
 * Every override that the caller may see, oldest first. The loop turns between pages, and reading begins again if a
 * record changed meanwhile; where changes never cease, the last reading takes all pages in one turn.
 */
export async function overrides({ gateway, principal }: Exchange, tag: string | null = null): Promise<Preset[]> {
  const { presets } = gateway.engine
  let changes = 0
  const stop = presets.onChange(() => {
    changes += 1
  })
  const pageOf = (page: number) =>
    presets.list(
      presetQuerySchema.parse({ kind: 'overrides', orderBy: 'created_at', direction: 'asc', tag: tag || null, page }),
      principal,
    )
  try {
    for (let reading = 1; ; reading += 1) {
      const before = changes
      const records: Preset[] = []
      for (let page = 1; changes === before; page += 1) {
        const { items, total } = pageOf(page)
        for (const { preset } of items) records.push(preset)
        if (items.length === 0 || page * PRESET_PAGE >= total) return records
        if (reading < MOST_READINGS) await nextTurn()
      }
    }
  } finally {
    stop()
  }
}

/** What cannot be sorted by, or is no page, falls back to the default, as in Open WebUI. */
function presetQuery(exchange: Exchange): PresetQuery {
  const given = new URLSearchParams(exchange.query)
  const orderBy = given.get('order_by') ?? ''
  const view = given.get('view_option')
  const page = Number(given.get('page') ?? 1)
  return presetQuerySchema.parse({
    query: (given.get('query') ?? '').slice(0, 200),
    view: view === 'created' || view === 'shared' ? view : 'all',
    tag: given.get('tag')?.slice(0, 200) || null,
    ...(ORDERS.has(orderBy) ? { orderBy } : {}),
    direction: given.get('direction') === 'asc' ? 'asc' : 'desc',
    page: Number.isSafeInteger(page) ? Math.max(1, page) : 1,
  })
}

/** Pictures are fetched one by one, from their own address. */
function withoutPicture(record: Record<string, unknown>): Record<string, unknown> {
  const { profile_image_url: _picture, ...meta } = record.meta as Record<string, unknown>
  return { ...record, meta }
}
