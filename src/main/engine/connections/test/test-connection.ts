import { type ConnectionConfig, type ConnectionTestStep, TEST_STEPS } from '#shared/connections.ts'
import type { Clock } from '../../spec/clock.ts'
import { toEngineError } from '../../spec/engine-error.ts'
import type { ProviderAdapter, UpstreamModel } from '../../spec/provider-adapter.ts'
import type { Upstream } from '../../spec/upstream.ts'
import { LOOK_MS, withinTime } from '../../spec/within-time.ts'
import { addressAdvice } from '../address/address-advice.ts'
import { titleOf } from '../connection-entry.ts'
import type { CreateAdapter, OpenUpstream } from '../live-connections.ts'
import { lastFour, maskOf } from '../mask.ts'
import type { ResolveHost } from '../place/watch-places.ts'
import type { AcceptedInput } from '../read-input.ts'
import { askForOneToken } from './ask-for-one-token.ts'
import { authenticate } from './authenticate.ts'
import { checkCertificate } from './check-certificate.ts'
import { connectToHost } from './connect-to-host.ts'
import { listModels } from './list-models.ts'
import { lookUpHost } from './look-up-host.ts'
import { failedStep, type StepOutcome, shownStep } from './step-outcome.ts'

export interface TestConnectionOptions {
  /** The configuration to try. Throws `invalid_request`: an error about the address is the first step's. */
  read: () => AcceptedInput
  openUpstream: OpenUpstream
  createAdapter: CreateAdapter
  resolveHost: ResolveHost
  ownAddresses: () => string[]
  clock: Clock
  requestId: string
  signal: AbortSignal
}

type StepName = (typeof TEST_STEPS)[number]

/** What earlier steps found, for later ones. */
interface Findings {
  accepted: AcceptedInput
  addresses: string[]
  models: UpstreamModel[]
  upstream: Upstream
  adapter: ProviderAdapter
}

/**
 * Tries a configuration step by step. Each step is yielded as `running` and as its end; after a failure the rest is
 * `skipped`. Ends early and quietly when the signal aborts. Throws what is wrong with the configuration beside its address.
 */
export async function* testConnection(options: TestConnectionOptions): AsyncGenerator<ConnectionTestStep> {
  const { clock, signal } = options
  const found: Partial<Findings> = {}
  let isOver = false
  try {
    for (const step of TEST_STEPS) {
      if (isOver) {
        yield shownStep(step, 'skipped', null)
        continue
      }
      yield shownStep(step, 'running', null)
      const startedAt = clock.monotonic()
      const outcome = await runStep(step, found, options)
      if (signal.aborted) return
      yield shownStep(step, outcome.state, Math.round(clock.monotonic() - startedAt), outcome)
      isOver = outcome.state === 'failed' || outcome.endsTest === true
    }
  } finally {
    // A test's own upstream holds nothing that anyone waits for.
    await found.upstream?.close()
  }
}

async function runStep(step: StepName, found: Partial<Findings>, options: TestConnectionOptions): Promise<StepOutcome> {
  if (step === 'address') return readAddress(found, options)
  const { accepted } = found
  if (accepted === undefined) throw new Error('a step ran before the address was read')
  const { clock, signal } = options
  const { address, config } = accepted
  const limits = { clock, signal, limitMs: config.timeouts.connectMs }
  const target = { host: address.host, port: address.port, addresses: found.addresses ?? [] }
  switch (step) {
    case 'resolve': {
      const { resolveHost, ownAddresses } = options
      const { addresses, outcome } = await lookUpHost(address.host, {
        resolveHost,
        ownAddresses: ownAddresses(),
        ...limits,
      })
      found.addresses = addresses
      return outcome
    }
    case 'connect':
      return connectToHost(target, { ...limits, provider: config.provider })
    case 'tls':
      if (!address.secure) return { state: 'skipped', detail: 'Plain http: the line is not encrypted.' }
      return checkCertificate(target, { ...limits, pinned: config.fingerprint })
    default:
      return askServer(step, accepted, found, options)
  }
}

function readAddress(found: Partial<Findings>, options: TestConnectionOptions): StepOutcome {
  try {
    found.accepted = options.read()
  } catch (thrown) {
    if (toEngineError(thrown).param !== 'baseUrl') throw thrown
    // What to type is the whole message.
    return failedStep(thrown, { advice: toEngineError(thrown).message })
  }
  const { address, config } = found.accepted
  return {
    state: 'ok',
    detail: [address.baseUrl, ...address.notes].join(' · '),
    advice: addressAdvice(config.provider, address.baseUrl),
  }
}

/** The steps that go through the upstream, as every later request will; all but the last with no more time than a look has. */
async function askServer(
  step: Exclude<StepName, 'address' | 'resolve' | 'connect' | 'tls'>,
  accepted: AcceptedInput,
  found: Partial<Findings>,
  options: TestConnectionOptions,
): Promise<StepOutcome> {
  const { signal } = options
  const config: ConnectionConfig = { ...accepted.config, headers: {} }
  const keys = accepted.keys.map(({ value }) => value)
  found.upstream ??= options.openUpstream({
    config,
    title: titleOf(config),
    secrets: { keys, headers: accepted.headers },
  })
  found.adapter ??= options.createAdapter(config.provider, found.upstream)
  const { upstream, adapter } = found
  if (step === 'token') return askForOneToken(adapter, found.models ?? [], options.requestId, signal)
  const limit = { ms: LOOK_MS + config.timeouts.connectMs, title: upstream.title, signal, clock: options.clock }
  try {
    return await withinTime(limit, async (bounded) => {
      if (step === 'version') return askVersion(adapter, bounded)
      if (step === 'auth') {
        const masks = keys.map((key) => maskOf(lastFour(key)))
        return authenticate(upstream, masks, bounded)
      }
      const { models, outcome } = await listModels(adapter, config, bounded)
      found.models = models
      return outcome
    })
  } catch (thrown) {
    return failedStep(thrown)
  }
}

async function askVersion(adapter: ProviderAdapter, signal: AbortSignal): Promise<StepOutcome> {
  const unknown: StepOutcome = { state: 'skipped', detail: 'Servers of this kind do not tell their version.' }
  if (adapter.version === undefined) return unknown
  try {
    const version = await adapter.version(signal)
    return version === null ? unknown : { state: 'ok', detail: version }
  } catch (thrown) {
    const { status } = toEngineError(thrown)
    // Something in between may offer the models and not the version.
    if (status === 404 || status === 405 || status === 501) {
      return { state: 'skipped', detail: 'The server does not tell its version.' }
    }
    return failedStep(thrown)
  }
}
