import { z } from 'zod'
import {
  type IncomingPreset,
  type PresetReconcile,
  type Template,
  type TemplateInput,
  templateInputSchema,
} from '#shared/presets.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import type { Principal } from '../engine/spec/principal.ts'
import { presetsFromJson, presetToJson } from '../engine/wire/open-webui/preset-json.ts'

const FORMAT = 'switchyard-templates'
const templateFileSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  templates: z.array(templateInputSchema).max(10_000),
})

/** Takes in a file of models; a record that cannot be read is refused by its id or its number, and the rest is taken. */
export function importPresets(
  { presets }: Pick<Engine, 'presets'>,
  text: string,
  principal: Principal,
): PresetReconcile {
  const readings = presetsFromJson(parseJson(text))
  const records: IncomingPreset[] = []
  const refused: PresetReconcile['refused'] = []
  for (const [index, reading] of readings.entries()) {
    if (reading.ok) records.push(reading.preset)
    else refused.push({ id: reading.id ?? `#${index + 1}`, reason: reading.problem })
  }
  const done = presets.importRecords(records, principal)
  return { ...done, refused: [...refused, ...done.refused] }
}

/** The file's text. Without `ids` all that the person may export. Throws `not_found` for an id that is not among them. */
export function exportPresets(
  { presets }: Pick<Engine, 'presets'>,
  ids: readonly string[] | undefined,
  principal: Principal,
): string {
  const all = presets.export(principal)
  if (ids === undefined) return toText(all)
  const byId = new Map(all.map((preset) => [preset.id, preset]))
  return toText(
    ids.map((id) => {
      const preset = byId.get(id)
      if (preset === undefined) throw new EngineError('not_found', `There is no model "${id}" that you may export.`)
      return preset
    }),
  )

  function toText(chosen: ReturnType<typeof presets.export>): string {
    return JSON.stringify(
      chosen.map((preset) => presetToJson(preset)),
      null,
      2,
    )
  }
}

/** A file with the templates that people made; those of the app are everywhere. */
export function exportTemplates(templates: readonly Template[]): string {
  const own = templates
    .filter(({ kind }) => kind !== 'base')
    .map(
      ({ name, description, params, kind }): TemplateInput => ({
        name,
        description,
        params,
        shared: kind === 'shared',
      }),
    )
  return JSON.stringify({ format: FORMAT, version: 1, templates: own }, null, 2)
}

/** What a file of templates holds. Throws `invalid_request` that says what is wrong with it. */
export function readTemplateFile(text: string): TemplateInput[] {
  const parsed = templateFileSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data.templates
  const [issue] = parsed.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`
  throw new EngineError('invalid_request', `This is no file of templates${where}.`, { param: 'text' })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new EngineError('invalid_request', 'The file is not JSON.', { param: 'text', cause })
  }
}
