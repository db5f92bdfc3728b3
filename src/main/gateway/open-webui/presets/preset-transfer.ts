import type { IncomingPreset, PresetReconcile } from '#shared/presets.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { presetsFromJson } from '../../../engine/wire/open-webui/preset-json.ts'
import type { Exchange } from '../../exchange.ts'
import { readJsonBody } from '../../json-body.ts'
import { sendJson, sendPieces } from '../../respond.ts'
import { inWords } from '../auths/words.ts'
import { asForm } from '../read-form.ts'
import { arrayPieces } from './preset-answers.ts'
import { overrides } from './preset-lists.ts'
import { PRESET_SAYINGS, requireWorkspace } from './preset-words.ts'

/** GET and POST /api/v1/models/export: presets, for administrators all of them, for others those that they may write. */
export function exportRecords(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  requireWorkspace(principal, 'models_export')
  return sendPieces(exchange, arrayPieces(gateway.engine.presets.export(principal)))
}

/** GET /api/v1/models/all: every record, overrides included: what a sync elsewhere, or later, can start from. */
export async function allRecords(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const records = [...(await overrides(exchange)), ...gateway.engine.presets.export(principal)]
  return sendPieces(exchange, arrayPieces(records))
}

/**
 * POST /api/v1/models/import: an export of ours or of Open WebUI, or community files. Answers `true`; what was done
 * stands in the header X-Switchyard-Sync, or with `?report=1` in the body. Nothing is imported if one record is broken.
 */
export async function importRecords(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  requireWorkspace(principal, 'models_import')
  const records = await readRecords(exchange)
  const report = await inWords(PRESET_SAYINGS, () => gateway.engine.presets.importRecords(records, principal))
  sendJson(exchange, 200, wantsReport(exchange) ? report : true, { 'X-Switchyard-Sync': counts(report) })
}

/**
 * POST /api/v1/models/sync: afterwards the records are these and no others. Answers with them; what was done stands in
 * the header X-Switchyard-Sync, or with `?report=1` in the body.
 */
export async function syncRecords(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { presets } = gateway.engine
  const records = await readRecords(exchange)
  const report = await inWords(PRESET_SAYINGS, () => presets.sync(records, principal))
  const headers = { 'X-Switchyard-Sync': counts(report) }
  if (wantsReport(exchange)) return sendJson(exchange, 200, report, headers)
  const saved = [...new Set(records.map(({ id }) => id))].flatMap((id) => presets.find(id) ?? [])
  return sendPieces(exchange, arrayPieces(saved), headers)
}

function readRecords(exchange: Exchange): Promise<IncomingPreset[]> {
  return asForm(async () => recordsOf(await readJsonBody(exchange)))
}

function recordsOf(body: unknown): IncomingPreset[] {
  return presetsFromJson(body).map((reading, index) => {
    if (reading.ok) return reading.preset
    const name = reading.id === null ? `number ${index + 1}` : JSON.stringify(reading.id.slice(0, 100))
    throw new EngineError('invalid_request', `Nothing was changed: model ${name}: ${reading.problem}`, {
      param: `models[${index}]`,
    })
  })
}

function wantsReport({ query }: Exchange): boolean {
  return new URLSearchParams(query).get('report') === '1'
}

function counts({ created, updated, deleted, unchanged, refused }: PresetReconcile): string {
  return Object.entries({ created, updated, deleted, unchanged, refused })
    .map(([name, list]) => `${name}=${list.length}`)
    .join(',')
}
