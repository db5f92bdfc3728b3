import { OWNER_ID } from '#shared/access.ts'
import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { EngineEvent } from '../spec/engine-event.ts'
import { ANONYMOUS, OWNER } from '../spec/principal.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import type { Team } from '../spec/team.ts'
import type { DocumentsStore, Storage } from '../storage/index.ts'
import { createAdmission } from './admit.ts'
import { createApiKeys } from './api-keys.ts'
import { createAuthentication } from './authentication.ts'
import { createClientSettings } from './client-settings.ts'
import type { Environment } from './environment-texts.ts'
import { createGroups } from './groups.ts'
import { createInvites } from './invites.ts'
import { keyEndpoints } from './key-endpoints.ts'
import { keyHeaders } from './key-headers.ts'
import { createLastSeen } from './last-seen.ts'
import { createDiscover } from './oauth/discover.ts'
import { createOauthSignIn } from './oauth/oauth-sign-in.ts'
import { createOauthTokens } from './oauth/oauth-tokens.ts'
import { createOauthProviders } from './oauth/providers.ts'
import { createSealedTexts } from './oauth/sealed-texts.ts'
import { createPasswords } from './passwords.ts'
import { createPeople } from './people.ts'
import { createPrincipals } from './principals.ts'
import { kindOf } from './secrets-of-ours.ts'
import { sessionLifetime } from './session-lifetime.ts'
import { createSignIn } from './sign-in.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { createTeamChanges } from './team-changes.ts'
import { notFound, requireAdmin } from './team-rules.ts'
import { createTeamSettings } from './team-settings.ts'

export interface TeamOptions {
  storage: Storage
  documents: DocumentsStore
  vault: SecretVault
  clock: Clock
  log: Logger
  environment: Environment
  emit: (event: EngineEvent) => void
}

/** The people who share this instance. Nothing is read or hashed before it is asked for. */
export function createTeam({ storage, documents, vault, clock, log, environment, emit }: TeamOptions): Team {
  const changes = createTeamChanges(emit, log)
  const settings = createTeamSettings(documents, environment, log)
  const lastSeen = createLastSeen(storage, clock, log)
  const principals = createPrincipals(storage, settings)
  const passwords = createPasswords()
  const limits = createSignInLimits()
  const admission = createAdmission(storage, settings, clock)
  const providers = createOauthProviders({ storage, vault, environment, changes, log })
  const people = createPeople({
    storage,
    settings,
    passwords,
    changes,
    lastSeen,
    clock,
    providerName: providers.nameOf,
  })
  const lifetime = sessionLifetime(environment, log)
  const clientSettings = createClientSettings(documents, clock)
  const signIn = createSignIn({
    storage,
    admission,
    passwords,
    limits,
    changes,
    lastSeen,
    clock,
    lifetime,
    person: people.find,
  })
  const groups = createGroups({ storage, settings, changes, clock, ofGroup: people.ofGroup })
  const keys = createApiKeys({ storage, settings, principals, changes, lastSeen, clock })
  const invites = createInvites(storage, changes, clock)
  const sealed = createSealedTexts(vault, clock)
  const discover = createDiscover(clock)
  const tokens = createOauthTokens({ storage, providers, discover, sealed, changes, clock, log })
  const oauth = createOauthSignIn({
    storage,
    providers,
    discover,
    sealed,
    tokens,
    admission,
    limits,
    changes,
    clock,
    openSession: signIn.openSession,
  })

  return {
    hasAccounts: () => storage.people.count() > 0,
    settings: settings.get,
    setSettings(patch, by) {
      requireAdmin(by)
      const { defaultGroupId, requireSignIn } = patch
      if (defaultGroupId !== undefined && defaultGroupId !== null && storage.groups.find(defaultGroupId) === null) {
        throw notFound('group', 'defaultGroupId')
      }
      if (requireSignIn === true && storage.people.administrators().length === 0) {
        throw new EngineError('conflict', 'Make an administrator’s account first, or nobody could administer this.', {
          param: 'requireSignIn',
        })
      }
      const next = settings.update(patch, clock.now())
      changes.changed()
      return next
    },
    permissionsOf: (personId) => principals.permissionsOf(personId) ?? ANONYMOUS.permissions,

    authenticate: createAuthentication({ storage, settings, principals, changes, lastSeen, clock }),
    isOurs: (token) => kindOf(token) !== null,
    keyHeaders: keyHeaders(environment, log),
    keyEndpoints: keyEndpoints(environment),
    principalOf(personId) {
      if (personId === OWNER_ID) return OWNER
      const principal = principals.ofPerson(personId, { key: null, sessionId: null })
      if (principal === null) throw notFound('account', 'id')
      return principal
    },

    signUp: signIn.signUp,
    signIn: signIn.signIn,
    signOut: signIn.signOut,
    signOutEverywhere: signIn.signOutEverywhere,
    sessions: signIn.sessions,
    changePassword: signIn.changePassword,

    person: people.find,
    personByEmail: people.findByEmail,
    people: people.page,
    everyone: people.all,
    addPerson: people.add,
    updatePerson: people.update,
    removePerson(id, by) {
      people.remove(id, by)
      clientSettings.remove(id)
    },

    groups: storage.groups.all,
    group: storage.groups.find,
    groupsOf: storage.groups.ofPerson,
    createGroup: groups.create,
    updateGroup: groups.update,
    removeGroup: groups.remove,
    members: groups.members,
    setMembers: groups.setMembers,
    addMembers: groups.addMembers,
    removeMembers: groups.removeMembers,

    createKey: keys.create,
    keys: keys.list,
    revokeKey: keys.revoke,

    createInvite: invites.create,
    invites: storage.invites.all,
    revokeInvite: invites.revoke,
    checkInvite: invites.check,

    oauthProviders: providers.list,
    saveOauthProvider: providers.save,
    removeOauthProvider: providers.remove,
    startOauth: oauth.start,
    finishOauth: oauth.finish,
    oauthToken: tokens.accessToken,

    sessionSeconds: () => lifetime,
    clientSettings: clientSettings.get,
    saveClientSettings: clientSettings.save,
    activePeople: lastSeen.active,
    onChange: changes.onChange,
    close: lastSeen.close,
  }
}
