import { BodyDraft, type RuledBody } from './openai-body-rules.ts'

/** First api-version that knows `stream_options`. */
const STREAM_OPTIONS_SINCE = '2024-09-01'

/**
 * The fields of a chat that classic Azure deployments take; they refuse a body with any other. Open WebUI's list, and
 * what Azure's own 2024-10-21 reference has beside it (Open WebUI writes `logprobs` as `log_probs`, which is none).
 */
const OF_CHATS: ReadonlySet<string> = new Set([
  'messages',
  'temperature',
  'role',
  'content',
  'contentPart',
  'contentPartImage',
  'enhancements',
  'dataSources',
  'data_sources',
  'n',
  'stream',
  'stop',
  'max_tokens',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'user',
  'function_call',
  'functions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'top_p',
  'log_probs',
  'logprobs',
  'top_logprobs',
  'response_format',
  'seed',
  'max_completion_tokens',
  'reasoning_effort',
  // In the address too, and ignored here; official clients send it.
  'model',
])

/** The same for raw completions, of which Open WebUI knows nothing. */
const OF_COMPLETIONS: ReadonlySet<string> = new Set([
  'prompt',
  'suffix',
  'echo',
  'best_of',
  'temperature',
  'top_p',
  'n',
  'stream',
  'stop',
  'max_tokens',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'seed',
  'user',
  'model',
])

/** The body with nothing but what a classic deployment takes. `body` is the very object that came in if that is all of it. */
export function applyAzureWhitelist(
  body: Readonly<Record<string, unknown>>,
  apiVersion: string,
  request: 'chat' | 'completion' = 'chat',
): RuledBody {
  const allowed = request === 'chat' ? OF_CHATS : OF_COMPLETIONS
  const draft = new BodyDraft(body)
  for (const field of Object.keys(body)) {
    if (allowed.has(field)) continue
    if (field !== 'stream_options') draft.leaveOut(field)
    else if (!takesStreamOptions(apiVersion)) draft.remove(field)
  }
  return draft.result()
}

/** True if this version streams its usage when asked. Versions are dates, some with `-preview`. */
export function takesStreamOptions(apiVersion: string): boolean {
  return apiVersion.slice(0, 10) >= STREAM_OPTIONS_SINCE
}
