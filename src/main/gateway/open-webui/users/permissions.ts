import { permissionsFromJson } from '../../../engine/wire/open-webui/permissions-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { readAccountBody } from '../auths/account-form.ts'
import { asForm } from '../read-form.ts'

/** GET /api/v1/users/permissions: the caller's own, groups counted in. */
export function ownPermissions(exchange: Exchange): void {
  sendJson(exchange, 200, exchange.principal.permissions)
}

/** GET /api/v1/users/default/permissions: what everybody may. */
export function defaultPermissions(exchange: Exchange): void {
  sendJson(exchange, 200, exchange.gateway.engine.team.settings().permissions)
}

/** POST /api/v1/users/default/permissions: rights that are left out stay; those that mean nothing here are let by. */
export async function updateDefaultPermissions(exchange: Exchange): Promise<void> {
  const { team } = exchange.gateway.engine
  const permissions = await asForm(async () =>
    permissionsFromJson(await readAccountBody(exchange), team.settings().permissions),
  )
  sendJson(exchange, 200, team.setSettings({ permissions }, exchange.principal).permissions)
}
