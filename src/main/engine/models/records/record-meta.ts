import type { Preset } from '#shared/presets.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'
import { isProfileImage } from './profile-image.ts'

type Meta = Preset['meta']

/** More of a description is kept, but not searched. */
const SEARCHED_CHARACTERS = 10_000

/** Metadata as we keep it: tags as objects with a name, no picture that must not be shown. Everything else as it came. */
export function acceptMeta(meta: Readonly<Meta>): Meta {
  const accepted: Meta = { ...meta }
  if (Array.isArray(meta.tags)) accepted.tags = meta.tags.flatMap(toTag)
  if ('profile_image_url' in meta && !isProfileImage(meta.profile_image_url)) accepted.profile_image_url = null
  return accepted
}

/** Names of a record's tags. */
export function tagNames({ tags }: Readonly<Meta>): string[] {
  return Array.isArray(tags) ? tags.flatMap((tag) => toTag(tag).map(({ name }) => name)) : []
}

/** What a record is found and sorted by, in lower case. */
export function searchFields({ id, name, meta }: Preset): { sortName: string; searchText: string } {
  const description = typeof meta.description === 'string' ? meta.description.slice(0, SEARCHED_CHARACTERS) : ''
  return {
    sortName: name.toLowerCase(),
    searchText: [name, id, description, ...tagNames(meta)].join('\n').toLowerCase(),
  }
}

function toTag(tag: unknown): { name: string }[] {
  const given = typeof tag === 'string' ? { name: tag } : tag
  if (!isPlainObject(given) || typeof given.name !== 'string') return []
  const name = given.name.trim()
  return name === '' ? [] : [{ ...given, name }]
}
