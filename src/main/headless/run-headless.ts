import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEngine, type Engine, isEngineError, readEnvironmentSettings, toEngineError } from '../engine/index.ts'
import { createGateway, type Gateway } from '../gateway/index.ts'
import { createRpcHttpHandler } from '../rpc/index.ts'
import { parseArguments, USAGE } from './parse-arguments.ts'
import { shareOnNetwork } from './share-on-network.ts'

/** Where the built entries and the app's own files are. */
export interface AppFolders {
  /** Holds llama-worker, llama-trial and storage-worker. */
  entries: string
  /** `.js` when built, `.ts` from source. */
  entryExtension: '.js' | '.ts'
  /** The app's root: package.json and resources/. */
  root: string
  /** The built window; null serves the API alone. */
  renderer: string | null
}

/** What stopping may take in all: less than what service managers and containers wait before they kill. */
const STOP_LIMIT_MS = 9_000

/** The headless form, from arguments to exit code. Resolves when it has stopped. */
export async function runHeadless(args: string[], folders: AppFolders): Promise<number> {
  const command = parseArguments(args, process.env)
  const version = readVersion(folders.root)
  if (command.kind === 'help') return print(USAGE)
  if (command.kind === 'version') return print(version)
  if (command.kind === 'usage-error') {
    console.error(`${command.message}\n\n${USAGE}`)
    return 2
  }
  for (const { variable, reason } of readEnvironmentSettings(process.env).refused) {
    console.error(`${variable} is ignored: ${reason}.`)
  }
  const stop = stopSignal()
  let engine: Engine | null = null
  let gateway: Gateway | null = null
  try {
    engine = await createEngine({
      dataFolder: command.dataFolder,
      mode: 'headless',
      version,
      workers: {
        llama: entry(folders, 'llama-worker'),
        llamaTrial: entry(folders, 'llama-trial'),
        storage: entry(folders, 'storage-worker'),
      },
      builtInModels: [{ id: 'demo', path: join(folders.root, 'resources', 'models', 'demo.gguf') }],
      environment: process.env,
    })
    gateway = createGateway({
      engine,
      host: command.host,
      port: command.port,
      rendererFolder: folders.renderer,
      rpcHandler: createRpcHttpHandler(engine),
      version,
    })
    const { url } = await gateway.listen()
    console.log(`Switchyard is ready at ${url}`)
    for (const line of await shareOnNetwork(engine, gateway.network, command.share)) console.log(line)
    if (command.open) openInBrowser(url, engine)
    const signal = await stop
    console.log(`Stopping (${signal}); a second ${signal} stops at once.`)
    return 0
  } catch (thrown) {
    const error = toEngineError(thrown)
    console.error(isEngineError(thrown) ? error.message : `${error.message} ${error.detail ?? ''}`.trim())
    return 1
  } finally {
    const late = setTimeout(endByForce, STOP_LIMIT_MS, 'Switchyard could not stop in time and is ended by force.')
    await closeAll(gateway, engine)
    clearTimeout(late)
  }
}

/**
 * Ends the process where `process.exit` would not: that waits for the llama thread, which native code can keep busy for
 * minutes. All committed data is safe, as after any kill.
 */
function endByForce(why: string): void {
  console.error(why)
  process.kill(process.pid, 'SIGKILL')
}

/** Resolves with the first SIGTERM, SIGINT or SIGHUP (the terminal was closed); the second ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) endByForce(`Ended at once (${signal}).`)
        asked = true
        resolve(signal)
      })
    }
  })
}

async function closeAll(gateway: Gateway | null, engine: Engine | null): Promise<void> {
  // First no new requests, then the running ones end with the engine.
  for (const part of [gateway, engine]) {
    try {
      await part?.close()
    } catch (error) {
      console.error(`Stopping did not go cleanly: ${toEngineError(error).detail ?? String(error)}`)
    }
  }
}

function entry(folders: AppFolders, name: string): URL {
  return pathToFileURL(join(folders.entries, `${name}${folders.entryExtension}`))
}

function readVersion(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}

/** Opens the window's address where there is a display; not being able to is no failure. */
function openInBrowser(url: string, engine: Engine): void {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!hasDisplay) return
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['explorer', [url]]
        : ['xdg-open', [url]]
  if (process.platform === 'linux' && !existsSync('/usr/bin/xdg-open')) return
  const child = spawn(command as string, args as string[], { stdio: 'ignore', detached: true })
  child.on('error', (error) => engine.log.warn({ err: error }, 'the browser could not be opened'))
  child.unref()
}

function print(text: string): number {
  console.log(text)
  return 0
}
