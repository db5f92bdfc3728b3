import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { type SharingSettings, type SharingState, sharingSettingsSchema } from '#shared/sharing.ts'
import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import { isAdmin } from '../spec/principal.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import type { NetworkListener, Sharing } from '../spec/sharing.ts'
import type { Team } from '../spec/team.ts'
import type { DocumentsStore } from '../storage/index.ts'
import type { Announcement } from './announcement.ts'
import { type InstanceCertificate, instanceCertificate } from './certificate.ts'
import { machineNames, type NetworkAddress, networkAddresses } from './network-addresses.ts'

export interface SharingOptions {
  documents: DocumentsStore
  vault: SecretVault
  team: Pick<Team, 'hasAccounts' | 'keys' | 'activePeople'>
  /** Null: nothing is announced and nobody is looked for. */
  announcement: Announcement | null
  version: string
  clock: Clock
  log: Logger
  /** The addresses of this machine; default: what the system says. */
  addresses?: () => NetworkAddress[]
}

const DOCUMENT = 'sharing'
const BLOCKED =
  'Make an account or an API key first: beyond this computer Switchyard answers only people whom it knows.'

/** Sharing over a listener that the gateway gives. Off until somebody switches it on; then it comes back with the next start. */
export function createSharing(options: SharingOptions): Sharing {
  const { documents, vault, team, announcement, clock, log } = options
  const addresses = options.addresses ?? (() => networkAddresses())
  const listeners = new Set<() => void>()
  let settings = stored()
  let network: NetworkListener | null = null
  let running: { port: number; tls: boolean } | null = null
  let certificate: InstanceCertificate | null = null
  let isStarting = false
  let failure: string | null = null
  /** Switching happens one after the other, in the order in which it was asked for. */
  let turn: Promise<void> = Promise.resolve()
  announcement?.onChange(changed)

  function stored(): SharingSettings {
    const found = sharingSettingsSchema.safeParse(documents.get(DOCUMENT) ?? {})
    return found.success ? onEveryAddress(found.data) : sharingSettingsSchema.parse({})
  }

  function changed(): void {
    for (const listener of [...listeners]) listener()
  }

  function blockedBecause(): string | null {
    return team.hasAccounts() || team.keys(null).length > 0 ? null : BLOCKED
  }

  /** Hosts that requests may name. */
  function hosts(): string[] {
    const own = settings.address === null ? addresses().map(({ address }) => address) : [settings.address]
    return [...new Set([...own, ...machineNames(), ...settings.hostNames.map((name) => name.toLowerCase())])]
  }

  async function stop(): Promise<void> {
    if (running === null) return
    running = null
    await announcement?.withdraw()
    await network?.close()
  }

  async function start(): Promise<void> {
    failure = blockedBecause()
    if (failure !== null || network === null) return
    isStarting = true
    changed()
    try {
      const tls = settings.tls
      const names = hosts()
      certificate = tls ? await instanceCertificate({ documents, vault, clock }, names) : null
      const bound = await network.open({
        address: settings.address ?? everyAddress(addresses()),
        port: settings.port,
        tls: certificate === null ? null : { key: certificate.key, cert: certificate.cert },
        hosts: names,
      })
      running = { port: bound.port, tls }
      const name = `Switchyard on ${hostname().split('.')[0] ?? 'this machine'}`
      if (settings.announce) announcement?.announce({ name, port: bound.port, tls, version: options.version })
      log.info({ urls: urls(), tls }, 'shared on the network')
    } catch (error) {
      failure = toEngineError(error).message
      log.warn({ err: error }, 'sharing on the network could not be switched on')
    } finally {
      isStarting = false
    }
  }

  function urls(): string[] {
    if (running === null) return []
    const { port, tls } = running
    const own = settings.address === null ? addresses().map(({ address }) => address) : [settings.address]
    const local = machineNames().filter((name) => settings.address === null && name.endsWith('.local'))
    return [...new Set([...own, ...local])].map(
      (host) => `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    )
  }

  function state(): SharingState {
    const blocked = blockedBecause()
    return {
      settings,
      state: isStarting
        ? 'starting'
        : running !== null
          ? 'on'
          : blocked !== null
            ? 'blocked'
            : failure !== null
              ? 'failed'
              : 'off',
      reason: running === null ? (blocked ?? failure) : null,
      urls: urls(),
      addresses: addresses(),
      fingerprint: running?.tls === true ? (certificate?.fingerprint ?? null) : null,
      certificateExpiresAt: running?.tls === true ? (certificate?.expiresAt ?? null) : null,
      found: announcement?.found() ?? [],
      activePeople: team.activePeople(),
    }
  }

  /** Runs one switch after those before it; the state afterwards. */
  function next(action: () => Promise<void>): Promise<SharingState> {
    const mine = turn.then(action)
    turn = mine.catch(() => {})
    return mine.then(() => {
      changed()
      return state()
    })
  }

  return {
    state,
    lookForOthers: () => announcement?.look(),
    update(patch, by) {
      if (!isAdmin(by)) throw new EngineError('forbidden', 'Only administrators switch sharing on or off.')
      const wanted = sharingSettingsSchema.safeParse({ ...settings, ...patch })
      if (!wanted.success) {
        const [issue] = wanted.error.issues
        throw new EngineError('invalid_request', `Sharing cannot be set up so: ${issue?.message ?? 'wrong values'}.`, {
          param: issue?.path.join('.') ?? 'sharing',
        })
      }
      requireHostNames(patch.hostNames ?? [])
      return next(async () => {
        const before = settings
        // What is blocked is not remembered as wanted: it would open by itself once an account is made.
        const isBlocked = wanted.data.enabled && blockedBecause() !== null
        settings = onEveryAddress(isBlocked ? { ...wanted.data, enabled: false } : wanted.data)
        documents.save(DOCUMENT, settings, clock.now())
        failure = null
        if (!settings.enabled) await stop()
        else if (running === null || needsRestart(before, settings)) {
          await stop()
          await start()
        }
      })
    },
    async attach(listener) {
      network = listener
      if (settings.enabled) await next(start)
    },
    guestsMaySpend: () => settings.guestsMaySpend,
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      listeners.clear()
      await turn
      await stop()
      await announcement?.close()
    },
  }
}

/** What a Host header can say: anything else would be a name that nobody is ever let in under. */
function requireHostNames(names: readonly string[]): void {
  const wrong = names.find((name) => isIP(name) === 0 && !/^[^\s/\\:*?#@[\]]+$/.test(name))
  if (wrong === undefined) return
  throw new EngineError(
    'invalid_request',
    `${JSON.stringify(wrong)} is no host name. Write names such as models.example, without port, slashes and spaces.`,
    { param: 'hostNames' },
  )
}

/** `0.0.0.0` and its like are no address to reach anything at: they are how other servers say "every address". */
function onEveryAddress(settings: SharingSettings): SharingSettings {
  const isEvery = ['', '*', '0.0.0.0', '::', '[::]'].includes(settings.address?.trim() ?? '')
  return isEvery ? { ...settings, address: null } : settings
}

/** Both families where this machine has both. */
function everyAddress(addresses: readonly NetworkAddress[]): string {
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}

function needsRestart(before: SharingSettings, after: SharingSettings): boolean {
  return (
    before.address !== after.address ||
    before.port !== after.port ||
    before.tls !== after.tls ||
    before.announce !== after.announce ||
    before.hostNames.join() !== after.hostNames.join()
  )
}
