import type { SessionState } from '#shared/team.ts'
import type { Principal } from '../spec/principal.ts'
import type { Team } from '../spec/team.ts'

/** What a window may know of its caller and of how people come in. `atThisComputer`: not over the network. */
export function sessionState(
  team: Pick<Team, 'settings' | 'person' | 'hasAccounts' | 'oauthProviders' | 'everyone'>,
  { principal, encrypted, atThisComputer }: { principal: Principal; encrypted: boolean; atThisComputer: boolean },
): SessionState {
  const { signUp, pendingTitle, pendingText } = team.settings()
  const person = principal.kind === 'person' ? team.person(principal.id) : null
  return {
    me:
      principal.kind === 'anonymous'
        ? null
        : {
            id: principal.id,
            name: principal.name,
            email: principal.email,
            role: principal.role,
            isOwner: principal.kind === 'owner',
            permissions: principal.permissions,
            profileImageUrl: person?.profileImageUrl ?? '',
          },
    // The first account becomes an administrator's; a stranger on the network must not get it.
    needsFirstAccount: atThisComputer && !team.hasAccounts(),
    signUp,
    oauth: team.oauthProviders().flatMap(({ id, name, enabled }) => (enabled ? [{ id, name }] : [])),
    pending: { title: pendingTitle, text: pendingText, ...administratorFor(team, principal) },
    encrypted,
  }
}

/** Whom people who wait for approval may ask. Others are told nobody's name or address. */
function administratorFor(
  team: Pick<Team, 'everyone'>,
  principal: Principal,
): { adminName: string; adminEmail: string } {
  if (principal.kind !== 'person' || principal.role !== 'pending') return { adminName: '', adminEmail: '' }
  const [first] = team
    .everyone()
    .filter(({ role }) => role === 'admin')
    .sort((one, other) => one.createdAt - other.createdAt)
  return { adminName: first?.name ?? '', adminEmail: first?.email ?? '' }
}
