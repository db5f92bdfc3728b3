import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import { isAdmin, type Principal } from '../engine/spec/principal.ts'
import { sessionState } from '../engine/wire/session-state.ts'
import type { RpcContext } from './rpc-context.ts'
import { whyListed } from './why-listed.ts'
import { withoutUndefined } from './without-undefined.ts'

const os = implement(contract).$context<RpcContext>().team

/** The team part of the router. */
export const teamProcedures = {
  session: os.session.handler(({ context }) =>
    sessionState(context.engine.team, { ...context, atThisComputer: context.principal.kind === 'owner' }),
  ),
  people: os.people.handler(({ context, input }) => context.engine.team.people(input)),
  directory: os.directory.handler(({ context }) => directory(context.engine, context.principal)),
  addPerson: os.addPerson.handler(({ context, input }) => context.engine.team.addPerson(input, context.principal)),
  updatePerson: os.updatePerson.handler(({ context, input }) =>
    context.engine.team.updatePerson(input.id, input.patch, context.principal),
  ),
  removePerson: os.removePerson.handler(({ context, input }) =>
    context.engine.team.removePerson(input.id, context.principal),
  ),
  signOutEverywhere: os.signOutEverywhere.handler(({ context: { engine, principal }, input }) => {
    if (input.id !== principal.id && !isAdmin(principal)) {
      throw new EngineError('forbidden', 'Only an administrator may end the sessions of others.')
    }
    return { ended: engine.team.signOutEverywhere(input.id) }
  }),
  sessions: os.sessions.handler(({ context: { engine, principal } }) =>
    engine.team.sessions(principal.id, principal.sessionId),
  ),
  viewAs: os.viewAs.handler(({ context: { engine }, input }) => viewAs(engine, input.id)),
  groups: os.groups.handler(({ context }) => context.engine.team.groups()),
  members: os.members.handler(({ context, input }) => context.engine.team.members(input.id)),
  createGroup: os.createGroup.handler(({ context, input }) =>
    context.engine.team.createGroup(input, context.principal),
  ),
  updateGroup: os.updateGroup.handler(({ context, input }) =>
    context.engine.team.updateGroup(input.id, input.input, context.principal),
  ),
  removeGroup: os.removeGroup.handler(({ context, input }) =>
    context.engine.team.removeGroup(input.id, context.principal),
  ),
  setMembers: os.setMembers.handler(({ context, input }) =>
    context.engine.team.setMembers(input.id, input.personIds, context.principal),
  ),
  keys: os.keys.handler(({ context: { engine, principal }, input: { personId = principal.id } }) => {
    if (personId !== principal.id && !isAdmin(principal)) {
      throw new EngineError('forbidden', 'Only an administrator may see the keys of others.', { param: 'personId' })
    }
    return engine.team.keys(personId)
  }),
  createKey: os.createKey.handler(({ context: { engine, principal }, input }) =>
    engine.team.createKey(principal.id, input, principal),
  ),
  revokeKey: os.revokeKey.handler(({ context: { engine, principal }, input }) => {
    // Another's key looks like none at all.
    const mayRevoke = isAdmin(principal) || engine.team.keys(principal.id).some(({ id }) => id === input.id)
    if (!mayRevoke) throw new EngineError('not_found', 'There is no such key.', { param: 'id' })
    engine.team.revokeKey(input.id, principal)
  }),
  invites: os.invites.handler(({ context }) => context.engine.team.invites()),
  createInvite: os.createInvite.handler(async ({ context: { engine, principal }, input }) => {
    const { invite, secret } = engine.team.createInvite(input, principal)
    const base = engine.sharing.state().urls[0] ?? (await engine.info()).gatewayUrl ?? ''
    return { invite, url: `${base.replace(/\/$/, '')}/#/join/${secret}` }
  }),
  revokeInvite: os.revokeInvite.handler(({ context, input }) =>
    context.engine.team.revokeInvite(input.id, context.principal),
  ),
  settings: os.settings.handler(({ context }) => context.engine.team.settings()),
  setSettings: os.setSettings.handler(({ context, input }) =>
    context.engine.team.setSettings(withoutUndefined(input), context.principal),
  ),
  oauthProviders: os.oauthProviders.handler(({ context }) => context.engine.team.oauthProviders()),
  saveOauthProvider: os.saveOauthProvider.handler(({ context, input }) =>
    context.engine.team.saveOauthProvider(input, context.principal),
  ),
  removeOauthProvider: os.removeOauthProvider.handler(({ context, input }) =>
    context.engine.team.removeOauthProvider(input.id, context.principal),
  ),
}

/** Whom a person may share with: nobody, for those who may not share. */
function directory({ team }: Pick<Engine, 'team'>, principal: Principal) {
  const { sharing, access_grants: to } = principal.permissions
  const may = (allowed: boolean): boolean => isAdmin(principal) || (sharing.models && allowed)
  return {
    people: may(to.allow_users) ? team.everyone().map(({ id, name, email }) => ({ id, name, email })) : [],
    groups: may(to.allow_groups) ? team.groups().map(({ id, name, memberCount }) => ({ id, name, memberCount })) : [],
  }
}

/** What a person's lists show, and why. */
function viewAs(engine: Pick<Engine, 'team' | 'presets' | 'connections'>, personId: string) {
  const person = engine.team.principalOf(personId)
  const connections = engine.connections.list()
  const { modelsHere } = engine.team.settings()
  return engine.presets.listed(person).map((listed) => ({
    id: listed.id,
    name: listed.name,
    isPreset: listed.isPreset,
    why: whyListed(listed, person, connections, modelsHere),
  }))
}
