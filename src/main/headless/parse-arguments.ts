import { parseArgs } from 'node:util'

/** What the headless form was asked to do. */
export type HeadlessCommand =
  | { kind: 'serve'; host: string; port: number; dataFolder: string | null; open: boolean }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'usage-error'; message: string }

export const DEFAULT_PORT = 4747

export const USAGE = `Usage: npm run serve -- [options]

  --host ADDRESS   address to listen on (default 127.0.0.1; this machine only)
  --port NUMBER    port to listen on (default ${DEFAULT_PORT}; 0 picks a free one)
  --data FOLDER    data folder (default: the platform's usual place, or SWITCHYARD_DATA_DIR)
  --open           open the window's address in the browser once ready
  --version        print the version
  --help           print this`

/** Reads the command line and SWITCHYARD_HOST / SWITCHYARD_PORT; arguments win over the environment. */
export function parseArguments(args: string[], env: NodeJS.ProcessEnv): HeadlessCommand {
  let values: { host?: string; port?: string; data?: string; open?: boolean; help?: boolean; version?: boolean }
  try {
    values = parseArgs({
      args,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        open: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }).values
  } catch (error) {
    return { kind: 'usage-error', message: error instanceof Error ? error.message : String(error) }
  }
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const portText = values.port ?? (env.SWITCHYARD_PORT || String(DEFAULT_PORT))
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN
  if (!(port >= 0 && port <= 65_535)) {
    const name = values.port === undefined ? 'SWITCHYARD_PORT' : '--port'
    return { kind: 'usage-error', message: `${name} must be a number from 0 to 65535, not "${portText}".` }
  }
  if (values.host?.trim() === '') return { kind: 'usage-error', message: '--host needs an address.' }
  if (values.data === '') return { kind: 'usage-error', message: '--data needs a folder.' }
  return {
    kind: 'serve',
    host: values.host ?? (env.SWITCHYARD_HOST || '127.0.0.1'),
    port,
    dataFolder: values.data ?? null,
    open: values.open ?? false,
  }
}
