import type { CatalogModel } from '#shared/models.ts'
import type { Access } from '../spec/access.ts'
import type { Catalog, RouteOptions } from '../spec/engine.ts'
import { isEngineError } from '../spec/engine-error.ts'
import type { ModelResolver, ResolvedModel } from '../spec/presets.ts'
import { isAdmin, type Principal } from '../spec/principal.ts'
import type { CallContext } from '../spec/upstream.ts'
import type { AskedModel, Limits } from './candidates.ts'

/** A model that the person may use, followed to its base. */
export interface FoundModel {
  /** Null where an administrator named a server for a model that nobody is known to have. */
  resolved: ResolvedModel | null
  /** The base model; null as above. */
  model: CatalogModel | null
  baseModelId: string
  asked: AskedModel
  /** The very text of the request. */
  askedId: string
  limits: Limits
}

export interface FindParts {
  catalog: Pick<Catalog, 'find' | 'findAfterLook'>
  resolver: Pick<ModelResolver, 'resolve' | 'follow'>
  access: Pick<Access, 'mayUse' | 'requireModel' | 'mayRunAway'>
}

/**
 * Finds a model for a person. Throws `model_not_found` in the same words whether it is unknown or not theirs, and only
 * to those who may use it what is wrong with its way to a base model. What nobody is known to have is looked for once more.
 */
export async function findModel(
  askedId: string,
  principal: Principal,
  parts: FindParts,
  options: RouteOptions = {},
  context?: CallContext,
): Promise<FoundModel> {
  const { catalog, resolver, access } = parts
  let outcome = options.resolved ?? resolveNow(askedId, parts)
  if (!isResolved(outcome) && options.connectionId === undefined) {
    const { state, baseModelId } = resolver.follow(askedId)
    const isMissing = (state === 'unknown' || state === 'missing-base') && baseModelId !== null
    if (isMissing && (await catalog.findAfterLook(baseModelId, context)) !== null) outcome = resolveNow(askedId, parts)
  }
  if (outcome !== null || !mayNameAny(principal, options)) access.requireModel(principal, askedId)
  if (outcome !== null && !isResolved(outcome)) throw outcome
  return found(askedId, outcome, principal, parts)
}

/** As `findModel` without waiting; null where that would look further or throw. */
export function findModelNow(
  askedId: string,
  principal: Principal,
  parts: FindParts,
  options: RouteOptions = {},
): FoundModel | null {
  const outcome = resolveNow(askedId, parts)
  if (outcome === null ? !mayNameAny(principal, options) : !parts.access.mayUse(principal, askedId)) return null
  return outcome === null || isResolved(outcome) ? found(askedId, outcome, principal, parts) : null
}

function resolveNow(askedId: string, { resolver }: FindParts): ResolvedModel | Error | null {
  try {
    return resolver.resolve(askedId)
  } catch (thrown) {
    // Told later, to those who may know.
    if (isEngineError(thrown)) return thrown
    throw thrown
  }
}

function isResolved(outcome: ResolvedModel | Error | null): outcome is ResolvedModel {
  return outcome !== null && !(outcome instanceof Error)
}

/** A server may have a model that its list does not show; an administrator who names the server is believed. */
function mayNameAny(principal: Principal, { connectionId }: RouteOptions): boolean {
  return connectionId !== undefined && isAdmin(principal)
}

function found(
  askedId: string,
  resolved: ResolvedModel | null,
  principal: Principal,
  { catalog, access }: FindParts,
): FoundModel {
  const baseModelId = resolved?.baseModelId ?? askedId
  return {
    resolved,
    model: resolved === null ? null : catalog.find(baseModelId),
    baseModelId,
    asked: { id: ownId(resolved) ?? askedId, name: resolved?.name ?? askedId },
    askedId,
    limits: { mayRunAway: access.mayRunAway(principal), mayNameAnyModel: isAdmin(principal) },
  }
}

/** The asked model's id as its record or the catalog writes it. */
function ownId(resolved: ResolvedModel | null): string | null {
  if (resolved === null) return null
  const [first] = resolved.chain
  return first !== undefined && first.baseModelId !== null ? first.id : resolved.baseModelId
}
