import { z } from 'zod'
import { grantsSchema } from '#shared/access.ts'
import { presetMetaSchema, presetParamsSchema } from '#shared/presets.ts'
import type { PresetDraft } from './preset-draft.ts'
import { pictureOf } from './preset-meta.ts'

/** The editor's text of a model. Strict: a mistyped name would otherwise lose what it holds. */
const textSchema = z.strictObject({
  id: z.string(),
  baseModelId: z.string().nullable(),
  name: z.string().max(512),
  params: presetParamsSchema,
  meta: presetMetaSchema,
  grants: grantsSchema,
  isActive: z.boolean(),
})

export type ReadJson = { draft: PresetDraft } | { path: string; reason: string }

/** A model as indented JSON; a kept picture by `mark`, since 200 kB of it cannot be edited by hand. */
export function jsonOf(draft: PresetDraft, mark: string): string {
  const { id, baseModelId, name, params, meta, grants, isActive } = draft
  const shown = isKept(draft) ? { ...meta, profile_image_url: mark } : meta
  return JSON.stringify({ id, baseModelId, name, isActive, params, meta: shown, grants }, null, 2)
}

/** The model that a text says, with the picture of `before` where `mark` stands; or what is wrong with the text. */
export function readJson(text: string, before: PresetDraft, mark: string): ReadJson {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { path: '', reason: error instanceof Error ? error.message : String(error) }
  }
  const parsed = textSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { path: issue?.path.join('.') ?? '', reason: issue?.message ?? '' }
  }
  const draft: PresetDraft = parsed.data
  if (!isKept(before) || draft.meta.profile_image_url !== mark) return { draft }
  return { draft: { ...draft, meta: { ...draft.meta, profile_image_url: pictureOf(before.meta) } } }
}

function isKept(draft: PresetDraft): boolean {
  return pictureOf(draft.meta).startsWith('data:')
}
