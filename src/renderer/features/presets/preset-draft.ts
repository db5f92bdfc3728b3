import type { Grant } from '#shared/access.ts'
import type { Preset, PresetInput } from '#shared/presets.ts'
import { slugOf } from './slug.ts'

/** A preset as the editor holds it. Everything is said, so that two drafts can be compared. */
export interface PresetDraft extends PresetInput {
  grants: Grant[]
  isActive: boolean
}

export function newDraft(): PresetDraft {
  return { id: '', baseModelId: null, name: '', params: {}, meta: {}, grants: [], isActive: true }
}

export function draftOf(preset: Preset): PresetDraft {
  const { id, baseModelId, name, params, meta, grants, isActive } = preset
  return { id, baseModelId, name, params, meta, grants, isActive }
}

/** A new preset that begins as a copy: its own id, private. */
export function copyOf(preset: Preset, name: string): PresetDraft {
  return { ...draftOf(preset), id: slugOf(name), name, grants: [] }
}

/** `params` with one set, or taken out when `value` is undefined. */
export function withParam(params: PresetInput['params'], name: string, value: unknown): PresetInput['params'] {
  const next = { ...params }
  if (value === undefined) delete next[name]
  else next[name] = value
  return next
}

/** Whether two values say the same; the order of an object's keys says nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || stable(a) === stable(b)
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The draft as a request sees it: without the picture, which is long and changes nothing about an answer. */
export function withoutPicture(draft: PresetDraft): PresetDraft {
  const { profile_image_url: _picture, ...meta } = draft.meta
  return { ...draft, meta }
}
