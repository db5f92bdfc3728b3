import type { ConnectionConfig } from '#shared/connections.ts'

/** Whether a connection proves itself with what comes with the request of whoever is signed in, and has nothing of its own. */
export function needsCaller(config: Pick<ConnectionConfig, 'auth'> | null): boolean {
  return config?.auth.type === 'session' || config?.auth.type === 'system_oauth'
}
