import { createRequire } from 'node:module'

// electron-builder checks its configuration before anything else, but has no command for that alone, and its packing
// wants the network. These are its own internals; the version is pinned.

interface ConfigModule {
  getConfig(project: string, file: string, options: null): Promise<Record<string, unknown>>
  validateConfiguration(config: Record<string, unknown>, logger: unknown): Promise<void>
}

/** Reads and validates an electron-builder configuration, offline. Rejects with electron-builder's own complaint. */
export async function checkPackagingConfig(project: string, file: string): Promise<Record<string, unknown>> {
  const require = createRequire(import.meta.url)
  const fromBuilder = createRequire(require.resolve('electron-builder'))
  const { getConfig, validateConfiguration } = fromBuilder('app-builder-lib/out/util/config/config') as ConfigModule
  const { DebugLogger } = fromBuilder('builder-util') as { DebugLogger: new (enabled: boolean) => unknown }
  const config = await getConfig(project, file, null)
  await validateConfiguration(config, new DebugLogger(false))
  return config
}
