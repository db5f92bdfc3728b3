import type { SharingState } from '#shared/sharing.ts'
import { type Engine, toEngineError } from '../engine/index.ts'
import { OWNER } from '../engine/spec/principal.ts'
import type { Gateway } from '../gateway/index.ts'
import type { ShareRequest } from './parse-arguments.ts'

/**
 * Gives sharing its listener, so that what was on comes back, and switches it on if the command line asks for it.
 * Resolves with what to print: a server that cannot share still serves its own machine.
 */
export async function shareOnNetwork(
  { sharing, log }: Pick<Engine, 'sharing' | 'log'>,
  network: Gateway['network'],
  request: ShareRequest | null,
): Promise<string[]> {
  try {
    await sharing.attach(network)
    if (request === null) return describe(sharing.state(), false)
    const { address, port, tls } = request
    const state = await sharing.update({ enabled: true, address, tls, ...(port === null ? {} : { port }) }, OWNER)
    return describe(state, true)
  } catch (thrown) {
    const error = toEngineError(thrown)
    log.warn({ err: thrown }, 'sharing on the network failed')
    return [`Not shared on the network: ${error.message}`]
  }
}

function describe(state: SharingState, isAsked: boolean): string[] {
  const { urls, fingerprint, reason } = state
  if (state.state === 'on') {
    return [
      ...urls.map((url) => `Shared on the network at ${url}`),
      fingerprint === null
        ? 'Without encryption: whoever is on this network can read along, passwords included.'
        : `Its certificate has the SHA-256 fingerprint ${fingerprint}`,
    ]
  }
  if (!isAsked && !state.settings.enabled) return []
  const why = reason ?? `it is ${state.state}.`
  const how =
    state.state === 'blocked'
      ? ' Open the window of this machine and make one on its Team page, or POST name, email and password to ' +
        '/api/v1/auths/signup there; then start with --share again.'
      : ''
  return [`Not shared on the network: ${why}${how}`]
}
