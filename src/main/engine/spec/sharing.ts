import type { SharingSettings, SharingState } from '#shared/sharing.ts'
import type { Principal } from './principal.ts'

/** What the gateway does for sharing: one more listener, whose callers are never the owner. */
export interface NetworkListener {
  /** Throws `conflict` for a taken port, `invalid_request` for an address that this machine has not. */
  open(options: {
    address: string
    port: number
    /** PEM; null: plain HTTP. */
    tls: { key: string; cert: string } | null
    /** Hosts that requests may name: addresses and names, without port. Anything else is refused (host rebinding). */
    hosts: readonly string[]
  }): Promise<{ port: number }>
  close(): Promise<void>
}

/** Switches sharing on and off and tells how it stands. */
export interface Sharing {
  state(): SharingState
  /** Begins to look for other instances by mDNS; `state().found` then fills. Nothing is sent before. */
  lookForOthers(): void
  /** Switches on, off or over. `state: 'blocked'` and nothing opened where there are neither accounts nor keys. */
  update(patch: Partial<SharingSettings>, by: Principal): Promise<SharingState>
  /** The gateway gives its listener; a stored "on" is then restored. */
  attach(listener: NetworkListener): Promise<void>
  /** For the spending rule. */
  guestsMaySpend(): boolean
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
