import { z } from 'zod'

/** How this instance is shared on the network. */
export const sharingSettingsSchema = z.object({
  enabled: z.boolean().default(false),
  /** Address to listen on; null: every address of this machine. */
  address: z.string().max(100).nullable().default(null),
  port: z.number().int().min(0).max(65_535).default(4748),
  tls: z.boolean().default(true),
  /** Tell other Switchyards on this network by mDNS. */
  announce: z.boolean().default(true),
  /** People who are not administrators may use models that run away (and may cost money). */
  guestsMaySpend: z.boolean().default(false),
  /** More host names under which this machine is reached. */
  hostNames: z.array(z.string().max(253)).max(50).default([]),
})
export type SharingSettings = z.infer<typeof sharingSettingsSchema>

/** Some of them. Not `sharingSettingsSchema.partial()`: that fills every absent key with its default. */
const field = sharingSettingsSchema.shape
export const sharingPatchSchema = z.object({
  enabled: field.enabled.unwrap().optional(),
  address: field.address.unwrap().optional(),
  port: field.port.unwrap().optional(),
  tls: field.tls.unwrap().optional(),
  announce: field.announce.unwrap().optional(),
  guestsMaySpend: field.guestsMaySpend.unwrap().optional(),
  hostNames: field.hostNames.unwrap().optional(),
})

/** `blocked`: it may not be switched on, `reason` says what is missing. */
export const sharingStateSchema = z.object({
  settings: sharingSettingsSchema,
  state: z.enum(['off', 'on', 'starting', 'failed', 'blocked']),
  /** One plain sentence where it failed or is blocked. */
  reason: z.string().nullable(),
  /** How to reach it, best first. */
  urls: z.array(z.string()),
  /** Addresses of this machine to choose from. */
  addresses: z.array(z.object({ address: z.string(), interface: z.string(), family: z.enum(['IPv4', 'IPv6']) })),
  /** SHA-256 of the certificate, colon-separated; null without TLS. */
  fingerprint: z.string().nullable(),
  certificateExpiresAt: z.number().nullable(),
  /** Other Switchyards that announce themselves here. */
  found: z.array(z.object({ name: z.string(), url: z.string(), version: z.string() })),
  /** People with a request in the last five minutes. */
  activePeople: z.array(z.object({ id: z.string(), name: z.string(), lastSeenAt: z.number() })),
})
export type SharingState = z.infer<typeof sharingStateSchema>
