import { parseArgs } from 'node:util'
import { sharingSettingsSchema } from '#shared/sharing.ts'

/** What the command line says about sharing on the network; what it leaves out stays as it is set up. */
export interface ShareRequest {
  address: string | null
  port: number | null
  tls: boolean
}

/** What the headless form was asked to do. `share` null: as it was before. */
export type HeadlessCommand =
  | {
      kind: 'serve'
      host: string
      port: number
      dataFolder: string | null
      open: boolean
      share: ShareRequest | null
    }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'usage-error'; message: string }

export const DEFAULT_PORT = 4747
const DEFAULT_SHARE_PORT = sharingSettingsSchema.parse({}).port

export const USAGE = `Usage: npm run serve -- [options]

  --host ADDRESS       address to listen on (default 127.0.0.1; this machine only)
  --port NUMBER        port to listen on (default ${DEFAULT_PORT}; 0 picks a free one)
  --data FOLDER        data folder (default: the platform's usual place, or SWITCHYARD_DATA_DIR)
  --open               open the window's address in the browser once ready
  --share [ADDRESS]    also answer other machines, at this address or at all of this machine's; needs an account or
                       an API key, and stays on for later starts until it is switched off in the window
  --share-port NUMBER  port for other machines (default ${DEFAULT_SHARE_PORT}; 0 picks a free one)
  --share-plain        without encryption: whoever is on the network can read along
  --version            print the version
  --help               print this`

/** Reads the command line and SWITCHYARD_HOST / SWITCHYARD_PORT; arguments win over the environment. */
export function parseArguments(args: string[], env: NodeJS.ProcessEnv): HeadlessCommand {
  let values: {
    host?: string
    port?: string
    data?: string
    open?: boolean
    share?: string
    'share-port'?: string
    'share-plain'?: boolean
    help?: boolean
    version?: boolean
  }
  try {
    values = parseArgs({
      args: withShareValue(args),
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        open: { type: 'boolean' },
        share: { type: 'string' },
        'share-port': { type: 'string' },
        'share-plain': { type: 'boolean' },
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
  const port = portNumber(portText)
  if (port === null) return wrongPort(values.port === undefined ? 'SWITCHYARD_PORT' : '--port', portText)
  const sharePortText = values['share-port']
  const sharePort = sharePortText === undefined ? null : portNumber(sharePortText)
  if (sharePortText !== undefined && sharePort === null) return wrongPort('--share-port', sharePortText)
  if (values.share === undefined && (sharePortText !== undefined || values['share-plain'])) {
    const name = sharePortText === undefined ? '--share-plain' : '--share-port'
    return { kind: 'usage-error', message: `${name} says how to share, and needs --share.` }
  }
  if (values.host?.trim() === '') return { kind: 'usage-error', message: '--host needs an address.' }
  if (values.data === '') return { kind: 'usage-error', message: '--data needs a folder.' }
  return {
    kind: 'serve',
    host: values.host ?? (env.SWITCHYARD_HOST || '127.0.0.1'),
    port,
    dataFolder: values.data ?? null,
    open: values.open ?? false,
    share:
      values.share === undefined
        ? null
        : { address: values.share.trim() || null, port: sharePort, tls: !values['share-plain'] },
  }
}

/** `--share` may stand alone: then its value is empty. */
function withShareValue(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const next = args[index + 1]
    return argument === '--share' && (next === undefined || next.startsWith('-')) ? '--share=' : argument
  })
}

function portNumber(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port >= 0 && port <= 65_535 ? port : null
}

function wrongPort(name: string, text: string): HeadlessCommand {
  return { kind: 'usage-error', message: `${name} must be a number from 0 to 65535, not "${text}".` }
}
