import { PROVIDER_PRESETS, type ProviderPreset, presetOf } from './provider-presets.ts'

/** What a pasted text seems to be: an address or a key, and of which provider. */
export interface Recognised {
  preset: string
  /** The address, as it was pasted; null to begin with the preset's own. */
  baseUrl: string | null
  key: string | null
}

/** Ports that a kind of server listens on unless told otherwise. */
const USUAL_PORTS: Readonly<Record<string, string>> = {
  11434: 'ollama',
  1234: 'lm-studio',
  8000: 'vllm',
  8080: 'llama-server',
}

/** Reads a pasted key or address; also `NAME=value` lines and quoted texts. Null if it looks like neither. */
export function recognisePaste(pasted: string): Recognised | null {
  const text = unwrap(pasted)
  if (text === '' || /\s/.test(text) || text.length > 2048) return null
  return recogniseAddress(text) ?? recogniseKey(text)
}

function unwrap(pasted: string): string {
  const assigned = /^(?:export\s+)?[A-Za-z_][\w]*\s*=\s*(.+)$/.exec(pasted.trim())?.[1] ?? pasted.trim()
  const bearer = assigned.replace(/^authorization:\s*/i, '').replace(/^bearer\s+/i, '')
  return bearer.replace(/^(["'`])(.*)\1;?$/, '$2').trim()
}

function recogniseAddress(text: string): Recognised | null {
  const full = /^https?:\/\//i.test(text)
  // `192.168.1.100:11434` and `attic.local:8080` are addresses too; the engine says what is missing.
  const bare = !full && /^(\[[\da-f:]+\]|(?!\d+:)[\w-]+(\.[\w-]+)*):\d{2,5}(\/\S*)?$/i.test(text)
  const literal = !full && !bare && /^(\d{1,3}(\.\d{1,3}){3}|localhost)(\/\S*)?$/.test(text)
  if (!full && !bare && !literal) return null
  const readable = full ? text : `http://${text}`
  if (!URL.canParse(readable)) return null
  return { preset: presetOfAddress(new URL(readable)), baseUrl: text, key: null }
}

function presetOfAddress({ hostname, port, pathname }: URL): string {
  const known = PROVIDER_PRESETS.find((preset) => preset.hosts?.includes(hostname))
  if (known !== undefined) return known.id
  if (/\.(openai|cognitiveservices|services\.ai)\.azure\.com$/.test(hostname)) return 'azure'
  const usual = USUAL_PORTS[port]
  // Ollama speaks OpenAI's API too, below /v1.
  if (usual === 'ollama' && /^\/v1\/?$/.test(pathname)) return 'compatible'
  return usual ?? 'compatible'
}

function recogniseKey(text: string): Recognised | null {
  const preset = presetOfKey(text)
  return preset === null ? null : { preset: preset.id, baseUrl: null, key: text }
}

function presetOfKey(text: string): ProviderPreset | null {
  if (!/^[\x21-\x7e]{16,}$/.test(text)) return null
  // DeepSeek's keys begin like OpenAI's, and are 32 hex digits.
  if (/^sk-[0-9a-f]{32}$/.test(text)) return presetOf('deepseek')
  const byPrefix = PROVIDER_PRESETS.flatMap((preset) =>
    (preset.keyPrefixes ?? []).filter((prefix) => text.startsWith(prefix)).map((prefix) => ({ preset, prefix })),
  ).sort((a, b) => b.prefix.length - a.prefix.length)[0]
  if (byPrefix !== undefined) return byPrefix.preset
  if (/^[0-9a-f]{64}$/.test(text)) return presetOf('together')
  if (/^[0-9a-f]{32}$/.test(text) || /^[A-Za-z0-9]{84}$/.test(text)) return presetOf('azure')
  if (/^[A-Za-z0-9]{32}$/.test(text) && /\d/.test(text)) return presetOf('mistral')
  return null
}
