import type { Place } from '#shared/place.ts'
import type { Clock } from '../../spec/clock.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isLiteralAddress, placeOfHost } from '../place/place-of-address.ts'
import type { ResolveHost } from '../place/watch-places.ts'
import { cancelledTest, failedStep, type StepOutcome } from './step-outcome.ts'

const PLACE_WORDS: Record<Place, string> = { here: 'Here', near: 'Near', away: 'Away' }

interface LookUpOptions {
  resolveHost: ResolveHost
  ownAddresses: readonly string[]
  clock: Clock
  signal: AbortSignal
  limitMs: number
}

/** What a host resolves to, and the step that says so. */
export async function lookUpHost(
  host: string,
  options: LookUpOptions,
): Promise<{ addresses: string[]; outcome: StepOutcome }> {
  if (isLiteralAddress(host)) {
    const place = PLACE_WORDS[placeOfHost(host, [], options.ownAddresses)]
    return { addresses: [host], outcome: { state: 'ok', detail: `${host} (${place})` } }
  }
  try {
    const addresses = await resolveWithin(host, options)
    if (addresses.length === 0) throw new Error('no address')
    const place = PLACE_WORDS[placeOfHost(host, addresses, options.ownAddresses)]
    return { addresses, outcome: { state: 'ok', detail: `${addresses.join(', ')} (${place})` } }
  } catch (error) {
    return { addresses: [], outcome: failure(host, error) }
  }
}

function failure(host: string, thrown: unknown): StepOutcome {
  if (thrown instanceof EngineError) return failedStep(thrown)
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const error = new EngineError('upstream_unavailable', `The name ${host} does not resolve to an address.`, {
    cause: thrown,
    detail: reason,
  })
  return failedStep(error, { advice: 'Check the spelling, or type the address in numbers, such as 192.168.1.100.' })
}

/** The system's resolver cannot be stopped, so it is only no longer waited for. */
function resolveWithin(host: string, { resolveHost, clock, signal, limitMs }: LookUpOptions): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(cancelledTest())
    const timer = clock.setTimeout(() => {
      reject(new EngineError('connect_timeout', `The name ${host} did not resolve within ${limitMs} ms.`))
    }, limitMs)
    signal.addEventListener('abort', cancel, { once: true })
    resolveHost(host)
      .then(resolve, reject)
      .finally(() => {
        timer.cancel()
        signal.removeEventListener('abort', cancel)
      })
  })
}
