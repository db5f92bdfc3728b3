import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MessagePortMain } from 'electron'
import type { Engine, Logger } from '../engine/spec/engine.ts'
import { toEngineError } from '../engine/spec/engine-error.ts'
import type { SecretVault } from '../engine/spec/secret-vault.ts'
import { listenNearby } from './listen-nearby.ts'

interface EngineStart {
  dataFolder: string
  /** Folder of the built main files, where the worker entries lie. */
  entryFolder: string
  /** The app's own files: models/, icons/. */
  resourcesFolder: string
  rendererFolder: string
  port: number
  version: string
  openVault: (dataFolder: string, log: Logger) => SecretVault
}

/** The engine with its ways in: message ports from our windows, and the gateway. */
export interface RunningEngine {
  engine: Engine
  /** Null: the gateway could not listen. */
  gatewayUrl: string | null
  servePort(port: MessagePortMain): void
  close(): Promise<void>
}

/** How long running answers of API clients may go on while we quit, ms. */
const GATEWAY_DRAIN_MS = 2_000

/**
 * Starts engine and gateway. Loaded only now, so that the window is made while all this is read and opened.
 * Rejects with EngineError if the engine cannot start; a gateway that cannot listen leaves the window working.
 */
export async function startEngine(start: EngineStart): Promise<RunningEngine> {
  const [{ createEngine }, { createGateway }, { createRpcHttpHandler, createRpcPortHandler }] = await Promise.all([
    import('../engine/index.ts'),
    import('../gateway/index.ts'),
    import('../rpc/index.ts'),
  ])
  const entry = (name: string): URL => pathToFileURL(join(start.entryFolder, `${name}.js`))
  const engine = await createEngine({
    dataFolder: start.dataFolder,
    mode: 'desktop',
    version: start.version,
    workers: { llama: entry('llama-worker'), llamaTrial: entry('llama-trial'), storage: entry('storage-worker') },
    builtInModels: [{ id: 'demo', path: join(start.resourcesFolder, 'models', 'demo.gguf') }],
    environment: process.env,
    openVault: start.openVault,
  })
  const rpc = createRpcHttpHandler(engine)
  const open = async (port: number) => {
    const gateway = createGateway({
      engine,
      host: '127.0.0.1',
      port,
      rendererFolder: start.rendererFolder,
      rpcHandler: rpc,
      version: start.version,
      timing: { drainMs: GATEWAY_DRAIN_MS },
    })
    const { url } = await gateway.listen()
    // Sharing that was on is on again; where that fails, its page says why.
    await engine.sharing.attach(gateway.network)
    return { url, close: () => gateway.close() }
  }
  const gateway = await listenNearby(start.port, open).catch((error: unknown) => {
    engine.log.error({ error: toEngineError(error) }, 'the gateway cannot listen')
    engine.setGatewayUrl(null)
    return null
  })
  const servePort = createRpcPortHandler(engine)
  return {
    engine,
    gatewayUrl: gateway?.url ?? null,
    servePort(port) {
      servePort(port)
      port.start()
    },
    async close() {
      // New requests are refused from here on; answers to API clients get their moment, then the engine drains.
      await gateway?.close()
      await engine.close()
    },
  }
}
