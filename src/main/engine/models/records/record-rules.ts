import type { Preset } from '#shared/presets.ts'
import type { Access } from '../../spec/access.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { hasScope, isAdmin, isMember, type Principal } from '../../spec/principal.ts'

type WorkspacePermission = 'models' | 'models_import' | 'models_export'

const WHAT: Readonly<Record<WorkspacePermission, string>> = {
  models: 'make models of your own',
  models_import: 'import models',
  models_export: 'export models',
}

/** Throws `forbidden` for people who wait for approval, strangers, and keys that are not for this. */
export function requireMember(principal: Principal): void {
  if (isMember(principal) && hasScope(principal, 'presets')) return
  throw new EngineError(
    'forbidden',
    isMember(principal)
      ? 'This key is not for models of your own. Use one with the scope "presets".'
      : 'You cannot change models until an administrator has let you in.',
  )
}

/** As requireMember; people who are no administrators need the permission as well. */
export function requirePermission(principal: Principal, permission: WorkspacePermission): void {
  requireMember(principal)
  if (isAdmin(principal) || principal.permissions.workspace[permission]) return
  throw new EngineError('forbidden', `You may not ${WHAT[permission]}. Ask an administrator.`)
}

export function requireAdmin(principal: Principal): void {
  requireMember(principal)
  if (!isAdmin(principal)) throw new EngineError('forbidden', 'Only administrators may do this.')
}

/** The record, if the person may change it. A record that they may not see does not exist for them. */
export function requireWritable(record: Preset | null, principal: Principal, access: Access): Preset {
  requireMember(principal)
  if (record === null || !access.maySee(principal, record)) throw unknownRecord()
  if (access.mayWrite(principal, record)) return record
  throw new EngineError('forbidden', `You may use the model "${record.id}", but not change it.`)
}

export function unknownRecord(): EngineError {
  return new EngineError('not_found', 'There is no such model. It may have been deleted.')
}
