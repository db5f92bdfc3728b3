import { z } from 'zod'
import type { JsonSchema, ToolChoice, ToolDefinition } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { toolNameField } from '../tool-name.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** A JSON Schema is passed on as it came (zod would copy it); only that it is an object is checked here. */
export const jsonSchemaField = z.custom<JsonSchema>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON Schema object',
)

const functionDefinition = z.object({
  name: toolNameField,
  description: z.string().nullish(),
  parameters: jsonSchemaField.nullish(),
  strict: z.boolean().nullish(),
})
const functionName = z.object({ name: z.string().min(1) })
const namedTool = z.object({ type: z.string(), function: functionName.nullish() })
/** How tools may be used, and that only some of them may be. */
const allowedTools = z.object({
  type: z.literal('allowed_tools'),
  allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(namedTool).min(1) }),
})

export const toolFields = {
  tools: z.array(z.object({ type: z.string(), function: functionDefinition.nullish() })).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), allowedTools, namedTool]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  /** What `tools` and `tool_choice` were before. */
  functions: z.array(functionDefinition).nullish(),
  function_call: z.union([z.enum(['auto', 'none']), functionName]).nullish(),
}
const toolsSchema = z.object(toolFields)
type ToolFields = z.output<typeof toolsSchema>

/** The tools on offer, undefined if there are none, and how they may be used. Tools that may not be are not offered. */
export function chooseTools(body: ToolFields): { tools?: ToolDefinition[]; toolChoice?: ToolChoice } {
  const tools = toTools(body)
  const { tool_choice: choice } = body
  if (typeof choice === 'object' && choice !== null && 'allowed_tools' in choice) {
    const { mode, tools: allowed } = choice.allowed_tools
    const names = new Set(allowed.map((tool) => chosenName(tool.function?.name, 'tool_choice', tools)))
    return withoutUndefined({ tools: tools?.filter(({ name }) => names.has(name)), toolChoice: mode })
  }
  return withoutUndefined({ tools, toolChoice: toToolChoice(body, tools) })
}

function toTools(body: ToolFields): ToolDefinition[] | undefined {
  const definitions = (body.tools ?? []).map((tool, index) => {
    if (tool.type === 'function' && tool.function) return tool.function
    const param = `tools[${index}]`
    throw tool.type === 'function'
      ? new EngineError('invalid_request', `Missing required parameter: '${param}.function'.`, {
          param: `${param}.function`,
        })
      : new EngineError('unsupported', `'${param}' is not supported: only tools of type 'function' are.`, { param })
  })
  definitions.push(...(body.functions ?? []))
  if (definitions.length === 0) return undefined
  return definitions.map(({ name, description, parameters, strict }) =>
    withoutUndefined({
      name,
      description: description ?? undefined,
      parameters: parameters ?? undefined,
      strict: strict ?? undefined,
    }),
  )
}

function toToolChoice(body: ToolFields, tools: ToolDefinition[] | undefined): ToolChoice | undefined {
  const param = body.tool_choice ? 'tool_choice' : 'function_call'
  const choice = body.tool_choice ?? body.function_call ?? undefined
  if (choice === undefined) return undefined
  if (typeof choice === 'string') {
    if (choice === 'required' && tools === undefined) throw needsTools(param)
    return choice
  }
  if ('allowed_tools' in choice) return undefined
  return { name: chosenName('type' in choice ? choice.function?.name : choice.name, param, tools) }
}

/** A tool that is chosen by name. Throws if it is not on offer. */
function chosenName(name: string | undefined, param: string, tools: ToolDefinition[] | undefined): string {
  if (name === undefined) {
    throw new EngineError(
      'unsupported',
      `'${param}' is not supported in this form: name one function, or say auto, none or required.`,
      {
        param,
      },
    )
  }
  if (tools === undefined) throw needsTools(param)
  if (!tools.some((tool) => tool.name === name)) {
    throw new EngineError('invalid_request', `Invalid '${param}': there is no tool named '${name}' in 'tools'.`, {
      param,
    })
  }
  return name
}

function needsTools(param: string): EngineError {
  return new EngineError('invalid_request', `'${param}' is only allowed when 'tools' are given.`, { param })
}
