import type { ConnectionConfig, RemoteProviderKind } from '#shared/connections.ts'

/** A choice of the provider list: a vendor or server program, and how to speak to it. */
export interface ProviderPreset {
  id: string
  /** A proper name, the same in every language; null: named by its provider kind. */
  label: string | null
  provider: RemoteProviderKind
  /** The address to begin with; empty where everybody has another. */
  baseUrl: string
  /** Whether its server asks for a key, as far as is known. */
  key: 'needed' | 'optional'
  /** Hosts that tell it, without port. */
  hosts?: readonly string[]
  /** What its keys begin with. */
  keyPrefixes?: readonly string[]
}

/** Adding an OpenAI-compatible vendor is a line here. Longer key prefixes win over shorter ones. */
export const PROVIDER_PRESETS: readonly ProviderPreset[] = [
  { id: 'ollama', label: 'Ollama', provider: 'ollama', baseUrl: 'http://127.0.0.1:11434', key: 'optional' },
  {
    id: 'openai',
    label: 'OpenAI',
    provider: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    key: 'needed',
    hosts: ['api.openai.com'],
    keyPrefixes: ['sk-', 'sk-proj-', 'sk-svcacct-', 'sk-admin-'],
  },
  {
    id: 'anthropic',
    label: 'Anthropic',
    provider: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    key: 'needed',
    hosts: ['api.anthropic.com'],
    keyPrefixes: ['sk-ant-'],
  },
  { id: 'azure', label: 'Azure OpenAI', provider: 'azure', baseUrl: '', key: 'needed' },
  {
    id: 'openrouter',
    label: 'OpenRouter',
    provider: 'openai',
    baseUrl: 'https://openrouter.ai/api/v1',
    key: 'needed',
    hosts: ['openrouter.ai'],
    keyPrefixes: ['sk-or-'],
  },
  {
    id: 'groq',
    label: 'Groq',
    provider: 'openai',
    baseUrl: 'https://api.groq.com/openai/v1',
    key: 'needed',
    hosts: ['api.groq.com'],
    keyPrefixes: ['gsk_'],
  },
  {
    id: 'mistral',
    label: 'Mistral',
    provider: 'openai',
    baseUrl: 'https://api.mistral.ai/v1',
    key: 'needed',
    hosts: ['api.mistral.ai'],
  },
  {
    id: 'deepseek',
    label: 'DeepSeek',
    provider: 'openai',
    baseUrl: 'https://api.deepseek.com/v1',
    key: 'needed',
    hosts: ['api.deepseek.com'],
  },
  {
    id: 'together',
    label: 'Together',
    provider: 'openai',
    baseUrl: 'https://api.together.xyz/v1',
    key: 'needed',
    hosts: ['api.together.xyz', 'api.together.ai'],
    keyPrefixes: ['tgp_'],
  },
  { id: 'lm-studio', label: 'LM Studio', provider: 'openai', baseUrl: 'http://127.0.0.1:1234/v1', key: 'optional' },
  { id: 'vllm', label: 'vLLM', provider: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', key: 'optional' },
  {
    id: 'llama-server',
    label: 'llama.cpp server',
    provider: 'openai',
    baseUrl: 'http://127.0.0.1:8080/v1',
    key: 'optional',
  },
  { id: 'localai', label: 'LocalAI', provider: 'localai', baseUrl: 'http://127.0.0.1:8080', key: 'optional' },
  { id: 'compatible', label: null, provider: 'openai', baseUrl: '', key: 'optional' },
]

/** The preset of a name; the plain OpenAI-compatible one for a name that is gone. */
export function presetOf(id: string): ProviderPreset {
  const found = PROVIDER_PRESETS.find((preset) => preset.id === id) ?? PROVIDER_PRESETS.at(-1)
  if (found === undefined) throw new Error('there are no provider presets')
  return found
}

/** Which preset a stored connection would have been made with. */
export function presetFor({ provider, baseUrl }: Pick<ConnectionConfig, 'provider' | 'baseUrl'>): ProviderPreset {
  const own = PROVIDER_PRESETS.filter((preset) => preset.provider === provider)
  const exact = own.find((preset) => preset.baseUrl !== '' && preset.baseUrl === baseUrl)
  const byHost = URL.canParse(baseUrl)
    ? own.find((preset) => preset.hosts?.includes(new URL(baseUrl).hostname))
    : undefined
  return exact ?? byHost ?? (provider === 'openai' ? presetOf('compatible') : presetOf(provider))
}
