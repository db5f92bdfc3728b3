import { z } from 'zod'
import type { ToolChoice, ToolDefinition } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { jsonSchemaField } from '../openai/chat-tools.ts'
import { toolNameField } from '../tool-name.ts'
import { unknownFields } from '../unknown-fields.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { unsupported } from './client-input.ts'
import { type CallerTool, createToolNames, type ToolNames } from './tool-names.ts'

/** Loose, as a response repeats the tools as they came. */
const singleTool = z.looseObject({
  type: z.string(),
  name: toolNameField.nullish(),
  description: z.string().nullish(),
  parameters: jsonSchemaField.nullish(),
  strict: z.boolean().nullish(),
  format: z.looseObject({ type: z.string(), syntax: z.string().nullish(), definition: z.string().nullish() }).nullish(),
})
type SingleTool = z.output<typeof singleTool>

const namedTool = { type: z.string(), name: z.string().nullish() }
/** How tools may be used, and that only some of them may be. */
const allowedTools = z.looseObject({
  type: z.literal('allowed_tools'),
  mode: z.enum(['auto', 'required']),
  tools: z.array(z.looseObject(namedTool)).min(1),
})

export const toolFields = {
  tools: z.array(singleTool.extend({ tools: z.array(singleTool).nullish() })).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), allowedTools, z.looseObject(namedTool)]).nullish(),
}
const toolsSchema = z.object(toolFields)
type ToolFields = z.output<typeof toolsSchema>

/** What of the caller's tools a model can be offered. */
export interface OfferedTools {
  /** Undefined if there are none. */
  definitions: ToolDefinition[] | undefined
  /** The same as the caller knows them. */
  tools: CallerTool[]
  names: ToolNames
  notSent: string[]
}

/**
 * The caller's tools as functions, the only kind that every backend knows: a custom tool becomes one with a single text,
 * a namespace is taken apart. Tools of OpenAI's own (`web_search`, `local_shell`) are left out and named: Codex sends
 * them with each request and does without.
 */
export function offerTools({ tools: given }: ToolFields): OfferedTools {
  const definitions: ToolDefinition[] = []
  const tools: CallerTool[] = []
  const notSent: string[] = []
  const names = createToolNames((given ?? []).flatMap(({ type, name }) => (type === 'function' && name ? [name] : [])))

  function offer(tool: SingleTool, at: string, namespace?: string): void {
    const { type: kind } = tool
    if (kind !== 'function' && kind !== 'custom') {
      notSent.push(at)
      return
    }
    const known: CallerTool = { kind, name: requiredName(tool, at), ...(namespace === undefined ? {} : { namespace }) }
    tools.push(known)
    notSent.push(...unknownFields(tool, (name) => name in singleTool.shape || tool[name] === false, `${at}.`))
    definitions.push(kind === 'custom' ? customFunction(tool, names.encode(known)) : plain(tool, names.encode(known)))
    if (kind === 'custom' && tool.format?.type === 'grammar') notSent.push(`${at}.format`)
  }

  for (const [index, tool] of (given ?? []).entries()) {
    const at = `tools[${index}]`
    if (tool.type !== 'namespace') {
      offer(tool, at)
      continue
    }
    const namespace = requiredName(tool, at)
    if (tool.description) notSent.push(`${at}.description`)
    for (const [place, member] of (tool.tools ?? []).entries()) offer(member, `${at}.tools[${place}]`, namespace)
  }
  return { definitions: definitions.length === 0 ? undefined : definitions, tools, names, notSent }
}

/** What of the caller's tools may be used at all: where its choice is a list, the others are not offered. */
export function allowedOf(offered: OfferedTools, { tool_choice: choice }: ToolFields): OfferedTools {
  if (!isAllowedTools(choice) || offered.definitions === undefined) return offered
  const isAllowed = ({ kind, name, namespace }: CallerTool): boolean =>
    choice.tools.some((each) =>
      each.type === 'namespace' ? each.name === namespace : each.type === kind && each.name === name,
    )
  const definitions = offered.definitions.filter((_each, index) => {
    const tool = offered.tools[index]
    return tool !== undefined && isAllowed(tool)
  })
  if (definitions.length === 0) throw unsupported('tool_choice', 'none of the tools that it allows can be used here.')
  return { ...offered, definitions, tools: offered.tools.filter(isAllowed) }
}

function isAllowedTools(choice: ToolFields['tool_choice']): choice is z.output<typeof allowedTools> {
  return typeof choice === 'object' && choice !== null && choice.type === 'allowed_tools' && 'mode' in choice
}

/** The tools as a response repeats them: without what signs the caller in at a tool's own server. */
export function repeatedTools({ tools }: ToolFields): ToolFields['tools'] {
  return tools?.map((tool) => {
    if (tool.type !== 'mcp') return tool
    const { authorization: _token, headers: _secrets, ...rest } = tool
    return rest as typeof tool
  })
}

/** How tools may be used. Throws if it asks for a tool that is not on offer, or that no backend can be offered. */
export function toToolChoice(
  { tool_choice: chosen, tools: given }: ToolFields,
  { definitions, tools, names }: OfferedTools,
): ToolChoice | undefined {
  const choice = isAllowedTools(chosen) ? chosen.mode : chosen
  if (choice == null) return undefined
  if (choice === 'auto' || choice === 'none') return choice
  const [first] = given ?? []
  if (first === undefined) {
    throw new EngineError('invalid_request', "'tool_choice' is only allowed when 'tools' are given.", {
      param: 'tool_choice',
    })
  }
  if (choice === 'required') {
    if (definitions === undefined) throw onlyAtOpenAi('tools[0]', first.type)
    return choice
  }
  const { type, name } = choice
  if (type !== 'function' && type !== 'custom') {
    const index = (given ?? []).findIndex((tool) => tool.type === type)
    throw index === -1
      ? unsupported('tool_choice', `'${type}' cannot be chosen here.`)
      : onlyAtOpenAi(`tools[${index}]`, type)
  }
  if (name == null) throw unsupported('tool_choice', `'${type}' cannot be chosen here.`)
  const named = tools.filter((tool) => tool.kind === type && tool.name === name)
  const tool = named.find(({ namespace }) => namespace === undefined) ?? named[0]
  if (tool === undefined) {
    throw new EngineError('invalid_request', `Invalid 'tool_choice': there is no tool named '${name}' in 'tools'.`, {
      param: 'tool_choice',
    })
  }
  return { name: names.encode(tool) }
}

function onlyAtOpenAi(at: string, type: string): EngineError {
  return unsupported(
    at,
    `'${type}' is a tool of OpenAI's own; only tools of type 'function', 'custom' and 'namespace' can be used here.`,
  )
}

function requiredName({ name }: SingleTool, at: string): string {
  if (name != null) return name
  throw new EngineError('invalid_request', `Missing required parameter: '${at}.name'.`, { param: `${at}.name` })
}

function plain({ description, parameters, strict }: SingleTool, name: string): ToolDefinition {
  return withoutUndefined({
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  })
}

/** A custom tool takes one text as it is. A grammar for it cannot be enforced; the model is told it at least. */
function customFunction({ description, format }: SingleTool, name: string): ToolDefinition {
  const said = [description, 'Here the text for this tool is its one argument, `input`.']
  if (format?.type === 'grammar' && format.definition) {
    said.push(`It has to follow this grammar (${format.syntax ?? 'as written'}):\n${format.definition}`)
  }
  return {
    name,
    description: said.filter(Boolean).join('\n\n'),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The text for the tool, as it is.' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}
