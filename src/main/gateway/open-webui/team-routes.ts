import type { RouteAccess } from '../route-access.ts'
import type { Routes } from '../router.ts'
import { authTable } from './auths/auth-routes.ts'
import { groupTable } from './groups/group-routes.ts'
import { localModelTable } from './local-models/local-model-routes.ts'
import { modelConfigTable } from './model-configs/model-config-routes.ts'
import { presetTable } from './presets/preset-routes.ts'
import { accessOf, toRoutes } from './route-table.ts'
import { userTable } from './users/user-routes.ts'

export const presetRoutes: Routes = toRoutes(presetTable)
export const authRoutes: Routes = toRoutes(authTable)
export const userRoutes: Routes = toRoutes(userTable)
export const groupRoutes: Routes = toRoutes(groupTable)
export const modelConfigRoutes: Routes = toRoutes(modelConfigTable)
export const localModelRoutes: Routes = toRoutes(localModelTable)

/** Who may call each of these routes. */
export const teamRouteAccess: Record<string, RouteAccess> = {
  ...accessOf(presetTable),
  ...accessOf(authTable),
  ...accessOf(userTable),
  ...accessOf(groupTable),
  ...accessOf(modelConfigTable),
  ...accessOf(localModelTable),
}
