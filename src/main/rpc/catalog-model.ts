import type { CatalogModel } from '#shared/models.ts'
import type { Preset } from '#shared/presets.ts'
import type { ListedModel } from '../engine/spec/presets.ts'

/** Longest picture in the list of models, characters; thousands of models are sent at once. */
const LONGEST_PICTURE = 20_000

/** A model as the window's list shows it: a preset has its base model's facts under its own name. */
export function catalogModelOf({ id, name, base, record, isPreset }: ListedModel): CatalogModel {
  if (!isPreset || record === null) return name === base.name && id === base.id ? base : { ...base, id, name }
  return {
    ...base,
    id,
    name,
    preset: {
      baseModelId: record.baseModelId ?? base.id,
      description: textOf(record.meta.description),
      profileImageUrl: pictureOf(record),
      suggestions: suggestionsOf(record.meta.suggestion_prompts),
      ownerId: record.ownerId,
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A longer one is shown where the preset is shown alone. */
function pictureOf({ meta }: Preset): string {
  const picture = textOf(meta.profile_image_url)
  return picture.length > LONGEST_PICTURE ? '' : picture
}

/** Prompts as Open WebUI has them (`{ title, content }`), or plain texts. */
function suggestionsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each: unknown) => {
    const text = typeof each === 'object' && each !== null && 'content' in each ? each.content : each
    return typeof text === 'string' && text.trim() !== '' ? [text] : []
  })
}
