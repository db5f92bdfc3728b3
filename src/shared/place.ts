import { z } from 'zod'

/** Where work runs: this machine, the private network, the public internet. Derived from a connection's host, never typed in. */
export const PLACES = ['here', 'near', 'away'] as const
export const placeSchema = z.enum(PLACES)
export type Place = z.infer<typeof placeSchema>

/** API families we can speak to. */
export const PROVIDER_KINDS = ['llama', 'ollama', 'openai', 'azure', 'anthropic', 'localai'] as const
export const providerKindSchema = z.enum(PROVIDER_KINDS)
export type ProviderKind = z.infer<typeof providerKindSchema>
