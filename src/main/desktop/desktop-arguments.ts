import { parseArgs } from 'node:util'

/** What the command line and the environment say about this start. */
export interface DesktopArguments {
  /** Null: as preferences or the platform say. */
  dataFolder: string | null
  port: number
}

/** The gateway's usual port. */
const USUAL_PORT = 4747

/**
 * Reads `--data FOLDER` and `--port NUMBER`, then SWITCHYARD_DATA_DIR and SWITCHYARD_PORT. Lenient, unlike the headless
 * form: Chromium's own switches share this command line, and a window must open even if a number is wrong.
 */
export function desktopArguments(args: string[], env: NodeJS.ProcessEnv): DesktopArguments {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, port: { type: 'string' } },
    strict: false,
  })
  const port = [values.port, env.SWITCHYARD_PORT].find((text) => typeof text === 'string' && /^\d{1,5}$/.test(text))
  const data = [values.data, env.SWITCHYARD_DATA_DIR].find((text) => typeof text === 'string' && text.trim() !== '')
  return {
    dataFolder: typeof data === 'string' ? data : null,
    port: port === undefined || Number(port) > 65_535 ? USUAL_PORT : Number(port),
  }
}
