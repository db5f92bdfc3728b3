import type { Capability } from '#shared/models.ts'
import type { OpenAiQuirks } from '../../wire/openai/upstream-quirks.ts'

/** One server or service that speaks OpenAI's API. Adding one is adding a row to `VENDORS`. */
export interface Vendor extends OpenAiQuirks {
  /** Host names by which it is known; a name also stands for those below it (`openai.com`). */
  hosts: readonly string[]
  /** What it writes into `owned_by` of its models, for servers that run anywhere. */
  ownedBy: readonly string[]
  /** Headers that it wants beside the connection's own, in lower case. */
  headers: Readonly<Record<string, string>>
  /** Models that it completes raw text with. */
  completions: 'all' | 'none' | RegExp
  /** What its chat models can do if their list does not tell. */
  assumed: readonly Capability[]
  /** True for servers whose listed models sit in memory. */
  listsLoaded: boolean
  /** A second list at the server's root with more facts about the same models. */
  details: string | null
  /** Where it tells its version, at the server's root, and in which field. */
  version: { path: string; field: string } | null
}

const NONE: ReadonlySet<string> = new Set()

/** Fields of local servers that cloud services refuse a request for. */
const LOCAL_FIELDS = [
  'top_k',
  'min_p',
  'repeat_penalty',
  'repetition_penalty',
  'repeat_last_n',
  'keep_alive',
  'think',
  'options',
  'chat_template_kwargs',
  'num_ctx',
] as const

const MIROSTAT: ReadonlySet<string> = new Set(['mirostat', 'mirostat_tau', 'mirostat_eta', 'typical_p'])

/** A server that nobody knows: taken at OpenAI's word, with the sampling that local servers agree on. */
export const COMPATIBLE: Vendor = {
  vendor: 'compatible',
  hosts: [],
  ownedBy: [],
  headers: {},
  tokenCap: 'max_tokens',
  developerRole: true,
  streamOptions: true,
  maxStops: null,
  fixedSampling: 'never',
  toolCallIds: 'any',
  refusedFields: NONE,
  refusesUnknownFields: false,
  renamedFields: {},
  extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repeat_penalty' },
  runtimeOptions: NONE,
  reasoning: 'effort',
  reasoningOnlyForNewModels: false,
  effortNone: 'none',
  reasoningBack: null,
  signedCalls: null,
  jsonSchema: true,
  embeddingsBase64: false,
  completions: 'all',
  assumed: ['tools', 'json-schema'],
  listsLoaded: false,
  details: null,
  version: null,
}

/** A service that refuses what is not in its reference. */
const STRICT: Vendor = {
  ...COMPATIBLE,
  extraSampling: {},
  refusedFields: new Set(LOCAL_FIELDS),
  refusesUnknownFields: true,
  developerRole: false,
  completions: 'none',
}

/** A server on somebody's own machine. */
const LOCAL: Vendor = { ...COMPATIBLE, developerRole: false, reasoning: 'template' }

export const OPENAI: Vendor = {
  ...STRICT,
  vendor: 'openai',
  hosts: ['openai.com'],
  // Behind somebody's own host name it is known by how it signs its models.
  ownedBy: ['system', 'openai-internal'],
  tokenCap: 'either',
  developerRole: true,
  maxStops: 4,
  fixedSampling: 'known-models',
  reasoningOnlyForNewModels: true,
  embeddingsBase64: true,
  completions: /instruct|^davinci|^babbage/,
}

export const AZURE: Vendor = {
  ...OPENAI,
  vendor: 'azure',
  ownedBy: [],
  hosts: ['openai.azure.com', 'cognitiveservices.azure.com'],
  tokenCap: 'max_tokens',
  fixedSampling: 'new-models',
}

export const LOCALAI: Vendor = {
  ...LOCAL,
  vendor: 'localai',
  runtimeOptions: MIROSTAT,
  details: '/v1/models/capabilities',
  version: { path: '/version', field: 'version' },
}

export const VENDORS: readonly Vendor[] = [
  OPENAI,
  AZURE,
  {
    ...COMPATIBLE,
    vendor: 'openrouter',
    hosts: ['openrouter.ai'],
    // How OpenRouter names the app to the person who looks at what they spent.
    headers: { 'http-referer': 'app://switchyard', 'x-title': 'Switchyard' },
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repetition_penalty' },
    reasoning: 'openrouter',
    reasoningBack: 'reasoning',
    assumed: [],
  },
  {
    ...STRICT,
    vendor: 'groq',
    hosts: ['groq.com'],
    tokenCap: 'either',
    maxStops: 4,
    refusedFields: new Set([...LOCAL_FIELDS, 'logit_bias', 'logprobs', 'top_logprobs']),
    effortNone: /^qwen/,
  },
  {
    ...STRICT,
    vendor: 'mistral',
    hosts: ['mistral.ai'],
    // It tells its usage unasked, and answers 422 to any field that it does not know.
    streamOptions: false,
    toolCallIds: 'nine-characters',
    refusedFields: new Set([...LOCAL_FIELDS, 'logit_bias', 'user', 'reasoning_effort', 'store']),
    renamedFields: { seed: 'random_seed' },
    reasoning: 'none',
  },
  {
    ...STRICT,
    vendor: 'deepseek',
    hosts: ['deepseek.com'],
    refusedFields: new Set([...LOCAL_FIELDS, 'logit_bias', 'seed']),
    jsonSchema: false,
    reasoning: 'thinking-type',
    reasoningBack: 'reasoning_content',
    assumed: ['tools'],
  },
  {
    ...COMPATIBLE,
    vendor: 'together',
    hosts: ['together.xyz', 'together.ai'],
    developerRole: false,
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repetition_penalty' },
  },
  {
    ...COMPATIBLE,
    vendor: 'fireworks',
    hosts: ['fireworks.ai'],
    developerRole: false,
    effortNone: 'all',
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repetition_penalty' },
  },
  { ...STRICT, vendor: 'xai', hosts: ['x.ai'], tokenCap: 'either' },
  {
    ...STRICT,
    vendor: 'google',
    hosts: ['googleapis.com'],
    refusedFields: new Set([...LOCAL_FIELDS, 'logit_bias']),
    effortNone: /^gemini-2\.5-flash/,
    signedCalls: /^gemini-(?:[3-9]|\d\d)/,
  },
  { ...STRICT, vendor: 'cerebras', hosts: ['cerebras.ai'], tokenCap: 'either' },
  { ...STRICT, vendor: 'perplexity', hosts: ['perplexity.ai'], assumed: ['json-schema'] },
  { ...STRICT, vendor: 'moonshot', hosts: ['moonshot.ai', 'moonshot.cn'], reasoningBack: 'reasoning_content' },
  {
    ...STRICT,
    vendor: 'zai',
    hosts: ['z.ai', 'bigmodel.cn'],
    jsonSchema: false,
    reasoning: 'thinking-type',
    reasoningBack: 'reasoning_content',
    assumed: ['tools'],
  },
  { ...STRICT, vendor: 'anthropic', hosts: ['anthropic.com'], refusedFields: new Set([...LOCAL_FIELDS, 'logit_bias']) },
  {
    ...LOCAL,
    vendor: 'vllm',
    ownedBy: ['vllm'],
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repetition_penalty' },
    listsLoaded: true,
    version: { path: '/version', field: 'version' },
  },
  {
    ...LOCAL,
    vendor: 'sglang',
    ownedBy: ['sglang'],
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repetition_penalty' },
    listsLoaded: true,
  },
  {
    ...LOCAL,
    vendor: 'llama.cpp',
    ownedBy: ['llamacpp'],
    extraSampling: { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repeat_penalty', repeatLastN: 'repeat_last_n' },
    runtimeOptions: MIROSTAT,
    listsLoaded: true,
    version: { path: '/props', field: 'build_info' },
  },
  {
    ...LOCAL,
    vendor: 'lmstudio',
    ownedBy: ['organization_owner', 'organization-owner'],
    reasoning: 'effort',
    details: '/api/v0/models',
  },
  {
    ...LOCAL,
    vendor: 'ollama',
    ownedBy: ['library'],
    // Its OpenAI routes pass over these without a word.
    extraSampling: {},
    reasoning: 'effort',
    effortNone: 'all',
  },
]

/** The vendor at a host; null if it is none of those known by their host. */
export function vendorOfHost(hostname: string): Vendor | null {
  const host = hostname.toLowerCase()
  return VENDORS.find(({ hosts }) => hosts.some((known) => host === known || host.endsWith(`.${known}`))) ?? null
}

/** The vendor that signs its models like this; null if nobody does. */
export function vendorOfOwner(ownedBy: string): Vendor | null {
  return VENDORS.find((vendor) => vendor.ownedBy.includes(ownedBy.toLowerCase())) ?? null
}
