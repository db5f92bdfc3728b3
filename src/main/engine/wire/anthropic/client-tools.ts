import { z } from 'zod'
import type { ToolChoice, ToolDefinition } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { jsonSchemaField } from '../openai/chat-tools.ts'
import { toolNameField } from '../tool-name.ts'
import { unknownFields } from '../unknown-fields.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { anthropicOnly } from './client-content.ts'

const parallel = { disable_parallel_tool_use: z.boolean().nullish() }

/** Marks for Anthropic's own prompt cache: without them the answer is the same. */
export const NO_LOSS: ReadonlySet<string> = new Set(['cache_control'])

const toolSchema = z.object({
  type: z.string().nullish(),
  name: toolNameField.nullish(),
  description: z.string().nullish(),
  input_schema: jsonSchemaField.nullish(),
  strict: z.boolean().nullish(),
})

export const toolFields = {
  tools: z.array(toolSchema.loose()).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...parallel }),
      z.object({ type: z.literal('any'), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string().min(1), ...parallel }),
      z.object({ type: z.literal('none') }),
    ])
    .nullish(),
}
const toolsSchema = z.object(toolFields)
type ToolFields = z.output<typeof toolsSchema>

/** The tools on offer; undefined if there are none. Tools that run on Anthropic's servers are refused by name. */
export function toTools({ tools }: ToolFields): ToolDefinition[] | undefined {
  if (tools == null || tools.length === 0) return undefined
  return tools.map(({ type, name, description, input_schema: parameters, strict }, index) => {
    const at = `tools[${index}]`
    if (type != null && type !== 'custom') throw anthropicOnly(at, type)
    if (name == null) {
      throw new EngineError('invalid_request', `Missing required parameter: '${at}.name'.`, { param: `${at}.name` })
    }
    return withoutUndefined({
      name,
      description: description ?? undefined,
      parameters: parameters ?? undefined,
      strict: strict ?? undefined,
    })
  })
}

/** What of tools only Anthropic's own API does (`defer_loading`, `input_examples`). Off asks for nothing. */
export function lostInTools({ tools }: ToolFields): string[] {
  const isKnown = (name: string): boolean => name in toolSchema.shape || NO_LOSS.has(name)
  return (tools ?? []).flatMap((tool, index) =>
    unknownFields(tool, (name) => isKnown(name) || tool[name] === false, `tools[${index}].`),
  )
}

/** How tools may be used. Throws if it names a tool that is not on offer. */
export function toToolChoice(
  { tool_choice: choice }: ToolFields,
  tools: ToolDefinition[] | undefined,
): { toolChoice?: ToolChoice; parallelToolCalls?: boolean } {
  if (choice == null) return {}
  const several = 'disable_parallel_tool_use' in choice ? choice.disable_parallel_tool_use : null
  const parallelToolCalls = several == null ? {} : { parallelToolCalls: !several }
  if (choice.type === 'none') return { toolChoice: 'none' }
  if (choice.type === 'auto') return { toolChoice: 'auto', ...parallelToolCalls }
  if (tools === undefined) {
    throw new EngineError('invalid_request', "'tool_choice' is only allowed when 'tools' are given.", {
      param: 'tool_choice',
    })
  }
  if (choice.type === 'any') return { toolChoice: 'required', ...parallelToolCalls }
  if (!tools.some((tool) => tool.name === choice.name)) {
    throw new EngineError('invalid_request', `Invalid 'tool_choice': there is no tool named '${choice.name}'.`, {
      param: 'tool_choice.name',
    })
  }
  return { toolChoice: { name: choice.name }, ...parallelToolCalls }
}
