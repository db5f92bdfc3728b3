import type { ConnectionInput, RemoteProviderKind } from '#shared/connections.ts'
import type { ConnectionFamily } from '../../spec/connections.ts'
import { toEngineError } from '../../spec/engine-error.ts'
import { type AcceptedInput, readInput } from '../read-input.ts'
import { type AskedConnection, makeWithEntry } from './asked-connection.ts'
import { openAiConnections } from './openai-variables.ts'
import { type Environment, VariableReader } from './variable-reader.ts'

/** What the environment asks for at the first start. */
export interface EnvironmentSeed {
  /** In list order: Ollama, OpenAI and its like, Anthropic, LocalAI. */
  connections: AcceptedInput[]
  /** Families that a variable switches on or off. */
  families: Map<ConnectionFamily, boolean>
  /** Every variable that was read, with its text. Texts may be secrets. */
  variables: Map<string, string>
  /** Variables that say nothing usable. Their texts are left out. */
  problems: { variable: string; reason: string }[]
}

const LOCAL_OLLAMA = 'http://127.0.0.1:11434'
const LOCAL_LOCALAI = 'http://127.0.0.1:8080'
const ANTHROPIC = 'https://api.anthropic.com'
/** Longest limit that a connection takes, seconds. */
const DAY = 86_400

/** Reads the variables that seed connections. Pure; nothing usable in it gives an empty seed. */
export function readSeed(environment: Environment): EnvironmentSeed {
  const read = new VariableReader(environment)
  const common = commonFields(read)
  const switches = providerSwitches(read)
  const families = new Map<ConnectionFamily, boolean>()
  for (const [family, variable] of [
    ['ollama', 'ENABLE_OLLAMA_API'],
    ['openai', 'ENABLE_OPENAI_API'],
  ] as const) {
    const enabled = read.flag(variable)
    if (enabled !== null) families.set(family, enabled)
  }

  const asked = [
    ...ollamaConnections(read, switches.ollama === true || families.get('ollama') === true),
    ...openAiConnections(read),
    ...anthropicConnection(read),
    ...localAiConnection(read, switches.localai === true),
  ]
  const connections: AcceptedInput[] = []
  for (const { variable, make } of asked) {
    try {
      const input = make()
      const enabled = switches[input.provider] === false ? false : (input.enabled ?? true)
      connections.push(readInput({ ...input, ...common, enabled }, null))
    } catch (error) {
      read.refuse(variable, toEngineError(error).message)
    }
  }
  return { connections, families, variables: read.used, problems: read.problems }
}

function ollamaConnections(read: VariableReader, isAsked: boolean): AskedConnection[] {
  const configs = read.json('OLLAMA_API_CONFIGS')
  const old = read.text('OLLAMA_API_BASE_URL')
  const single = read.text('OLLAMA_BASE_URL')
  const list = read.text('OLLAMA_BASE_URLS')
  const [variable, text] =
    list !== null
      ? ['OLLAMA_BASE_URLS', list]
      : single !== null
        ? ['OLLAMA_BASE_URL', single]
        : ['OLLAMA_API_BASE_URL', old?.replace(/\/api\/?$/, '') ?? (isAsked ? LOCAL_OLLAMA : '')]
  return text.split(';').flatMap((item, index): AskedConnection[] => {
    const typed = item.trim()
    if (typed === '') return []
    // Open WebUI's container sets `/ollama` for "the one beside me".
    const url = typed === '/ollama' ? LOCAL_OLLAMA : typed
    const given = { family: 'ollama' as const, url, index, configsVariable: 'OLLAMA_API_CONFIGS', configs }
    return [{ variable, make: () => makeWithEntry(read, given) }]
  })
}

function anthropicConnection(read: VariableReader): AskedConnection[] {
  const key = read.text('ANTHROPIC_API_KEY')
  const baseUrl = read.text('ANTHROPIC_BASE_URL')
  if (key === null && baseUrl === null) return []
  return [
    {
      variable: baseUrl === null ? 'ANTHROPIC_API_KEY' : 'ANTHROPIC_BASE_URL',
      make: () => ({
        provider: 'anthropic',
        baseUrl: baseUrl ?? ANTHROPIC,
        keys: key === null ? [] : [{ value: key }],
      }),
    },
  ]
}

function localAiConnection(read: VariableReader, isAsked: boolean): AskedConnection[] {
  const baseUrl = read.text('LOCALAI_BASE_URL') ?? (isAsked ? LOCAL_LOCALAI : null)
  if (baseUrl === null) return []
  return [{ variable: 'LOCALAI_BASE_URL', make: () => ({ provider: 'localai', baseUrl }) }]
}

/** `ENABLE_<PROVIDER>`: seeded connections of that kind begin switched off with false. Azure comes with OpenAI's variables. */
function providerSwitches(read: VariableReader): Record<RemoteProviderKind, boolean | null> {
  const openai = read.flag('ENABLE_OPENAI')
  return {
    ollama: read.flag('ENABLE_OLLAMA'),
    openai,
    azure: openai,
    anthropic: read.flag('ENABLE_ANTHROPIC'),
    localai: read.flag('ENABLE_LOCALAI'),
  }
}

/** Limits that hold for every seeded connection. */
function commonFields(read: VariableReader): Partial<ConnectionInput> {
  const general = read.seconds('REQUEST_TIMEOUT')
  const seconds = read.seconds('AIOHTTP_CLIENT_TIMEOUT') ?? general
  // aiohttp's 0 is "no limit"; ours ends at a day.
  const ms = seconds === null ? null : Math.round((seconds <= 0 ? DAY : Math.min(Math.max(seconds, 0.1), DAY)) * 1000)
  const probe = read.seconds('MODELS_CACHE_TTL')
  return {
    ...(ms === null ? {} : { timeouts: { firstByteMs: ms, idleMs: ms } }),
    ...(probe === null || probe <= 0 ? {} : { probeSeconds: Math.min(Math.max(probe, 0.05), DAY) }),
  }
}
