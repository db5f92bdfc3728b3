import type { Person } from '#shared/team.ts'

/** Where a person's picture is fetched: lists stay small, and pictures are cached apart from them. */
export function pictureAddress(personId: string): string {
  return `/api/v1/users/${encodeURIComponent(personId)}/profile/image`
}

/** The picture as a person's JSON tells it: pictures kept here by their address, others as they are. */
export function pictureOf({ id, profileImageUrl }: Pick<Person, 'id' | 'profileImageUrl'>): string {
  if (profileImageUrl === '') return '/user.png'
  return profileImageUrl.startsWith('data:') ? pictureAddress(id) : profileImageUrl
}

/** An account as administrators get it. Times are epoch seconds; `last_active_at` is 0 for people who never were. */
export function personToJson(person: Person): Record<string, unknown> {
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    role: person.role,
    profile_image_url: pictureOf(person),
    last_active_at: person.lastActiveAt ?? 0,
    updated_at: person.updatedAt,
    created_at: person.createdAt,
    group_ids: person.groupIds,
    oauth: oauthOf(person),
  }
}

/** What people may know of each other: enough to find and recognise somebody to share with. */
export function personCardToJson(person: Person): Record<string, unknown> {
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    role: person.role,
    profile_image_url: pictureOf(person),
  }
}

function oauthOf({ signsInWith }: Person): Record<string, unknown> | null {
  const providers = signsInWith.filter((way) => way !== 'password')
  return providers.length === 0 ? null : Object.fromEntries(providers.map((provider) => [provider, {}]))
}
