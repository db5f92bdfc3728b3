import { errorAnswer, type OpenAiFlavour, type ScriptedOpenAiRefusal } from './openai-answers.ts'

type Json = Record<string, unknown>

/** Top-level fields of a chat that api.openai.com and Azure know. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'model messages temperature top_p n stream stop max_tokens max_completion_tokens presence_penalty frequency_penalty ' +
    'logit_bias user functions function_call tools tool_choice parallel_tool_calls response_format seed logprobs ' +
    'top_logprobs stream_options reasoning_effort store metadata service_tier modalities audio prediction verbosity ' +
    'prompt_cache_key safety_identifier web_search_options prompt suffix echo best_of'
  ).split(' '),
)

const RESPONSES_KNOWN: ReadonlySet<string> = new Set(
  (
    'model input instructions max_output_tokens temperature top_p tools tool_choice parallel_tool_calls text reasoning ' +
    'user stream store metadata service_tier include previous_response_id truncation background'
  ).split(' '),
)

/** Fields that reasoning models refuse whatever their value; `stop` only the newer ones. */
const REFUSED_BY_REASONERS = [
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'stop',
] as const

/** What api.openai.com and Azure refuse a chat for, in their own words; null for what they take. */
export function strictRefusal(flavour: OpenAiFlavour, model: string, body: Json): ScriptedOpenAiRefusal | null {
  if (flavour !== 'openai' && flavour !== 'azure') return null
  const refuse = (message: string, param: string, code: string) => errorAnswer(flavour, 400, message, { param, code })
  const unknown = Object.keys(body).find((field) => !KNOWN.has(field))
  if (unknown !== undefined)
    return refuse(`Unrecognized request argument supplied: ${unknown}`, unknown, 'unknown_parameter')
  if (typeof body.user === 'string' && body.user.length > 64) return refuse(...longUser(body.user))
  const named = badToolName(namesOf(body))
  if (named !== null) return refuse(...named)
  if (Array.isArray(body.stop) && body.stop.length > 4) {
    return refuse(
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      'stop',
      'array_above_max_length',
    )
  }
  if (body.stream_options !== undefined && body.stream !== true) {
    return refuse(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      'invalid_value',
    )
  }
  if (body.parallel_tool_calls !== undefined && body.tools === undefined) {
    return refuse(
      "Invalid value for 'parallel_tool_calls': only allowed when 'tools' are specified.",
      'parallel_tool_calls',
      'invalid_value',
    )
  }
  if (!/^o\d|^gpt-5/.test(model)) return null
  if (body.max_tokens !== undefined) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    return refuse(message, 'max_tokens', 'unsupported_parameter')
  }
  if (typeof body.temperature === 'number' && body.temperature !== 1) {
    const message = `Unsupported value: 'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`
    return refuse(message, 'temperature', 'unsupported_value')
  }
  const refused = REFUSED_BY_REASONERS.filter((field) => field !== 'stop' || /^(o3(?!-mini)|o4|gpt-5)/.test(model))
  const field = refused.find((each) => body[each] !== undefined)
  if (field === undefined) return null
  return refuse(`Unsupported parameter: '${field}' is not supported with this model.`, field, 'unsupported_parameter')
}

/** What the Responses API refuses. */
export function strictResponsesRefusal(flavour: OpenAiFlavour, body: Json): ScriptedOpenAiRefusal | null {
  const unknown = Object.keys(body).find((field) => !RESPONSES_KNOWN.has(field))
  if (unknown !== undefined) {
    return errorAnswer(flavour, 400, `Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' })
  }
  if (typeof body.user === 'string' && body.user.length > 64) {
    const [message, param, code] = longUser(body.user)
    return errorAnswer(flavour, 400, message, { param, code })
  }
  const named = badToolName(namesOfResponses(body))
  if (named !== null) return errorAnswer(flavour, 400, named[0], { param: named[1], code: named[2] })
  if (typeof body.max_output_tokens === 'number' && body.max_output_tokens < 16) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${body.max_output_tokens} instead.`
    return errorAnswer(flavour, 400, message, { param: 'max_output_tokens', code: 'integer_below_min_value' })
  }
  return null
}

/** What servers say of an effort that a model does not take; null if it does. */
export function effortRefusal(
  flavour: OpenAiFlavour,
  effort: unknown,
  efforts: readonly string[] | null,
  param = 'reasoning_effort',
): ScriptedOpenAiRefusal | null {
  if (effort === undefined || efforts === null || efforts.includes(String(effort))) return null
  const message =
    efforts.length === 0
      ? `\`${param}\` is not supported with this model`
      : `\`${param}\` must be one of ${efforts.map((each) => `\`${each}\``).join(' or ')}`
  return errorAnswer(flavour, 400, message)
}

/** Every place of a chat that names a tool. */
function namesOf(body: Json): [path: string, name: unknown][] {
  const nameIn = (value: unknown): unknown => (value as { function?: { name?: unknown } } | null)?.function?.name
  return [
    ...list(body.messages).flatMap((message, index) =>
      list(message.tool_calls).map((call, at): [string, unknown] => [
        `messages[${index}].tool_calls[${at}].function.name`,
        nameIn(call),
      ]),
    ),
    ...list(body.tools).map((tool, index): [string, unknown] => [`tools[${index}].function.name`, nameIn(tool)]),
    ['tool_choice.function.name', nameIn(body.tool_choice)],
  ]
}

function namesOfResponses(body: Json): [path: string, name: unknown][] {
  const nameIn = (value: unknown): unknown => (value as { name?: unknown } | null)?.name
  return [
    ...list(body.input).map((item, index): [string, unknown] => [`input[${index}].name`, nameIn(item)]),
    ...list(body.tools).map((tool, index): [string, unknown] => [`tools[${index}].name`, nameIn(tool)]),
    ['tool_choice.name', nameIn(body.tool_choice)],
  ]
}

function badToolName(names: [path: string, name: unknown][]): [message: string, param: string, code: string] | null {
  for (const [path, name] of names) {
    if (typeof name !== 'string') continue
    if (name.length > 64) {
      const message = `Invalid '${path}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`
      return [message, path, 'string_above_max_length']
    }
    if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
      const message = `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
      return [message, path, 'invalid_value']
    }
  }
  return null
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function longUser(user: string): [message: string, param: string, code: string] {
  const message = `Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length ${user.length} instead.`
  return [message, 'user', 'string_above_max_length']
}
