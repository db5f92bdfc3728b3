import type { ChatModelFunctions } from 'node-llama-cpp'
import type { ChatRequest } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import { argumentsSchema } from '../not-enforced.ts'

/** The tools that a request lets the model call. */
export interface OfferedTools {
  functions: ChatModelFunctions
  /** The answer has to be a call. */
  required: boolean
}

/** A named tool is the only one offered. Null if there is none to offer. Throws `invalid_request` for unusable names. */
export function offeredTools(request: ChatRequest): OfferedTools | null {
  const choice = request.toolChoice ?? 'auto'
  if (choice === 'none') return null
  const tools = request.tools ?? []
  const offered = typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.name) : tools
  if (offered.length === 0) {
    if (choice === 'auto') return null
    const why = typeof choice === 'object' ? 'The tool that the request insists on is not among its tools.' : NO_TOOLS
    throw new EngineError('invalid_request', why, { param: 'tool_choice' })
  }
  const unusable = offered.find((tool) => !/^\S+$/.test(tool.name))
  if (unusable !== undefined) {
    throw new EngineError(
      'invalid_request',
      `A tool's name has to be one word; ${JSON.stringify(unusable.name)} is not.`,
      { param: 'tools' },
    )
  }
  const functions = Object.fromEntries(
    offered.map((tool) => {
      // What is left out here was told to the caller before the request came to this thread.
      const params = argumentsSchema(tool, () => undefined)
      return [
        tool.name,
        {
          ...(tool.description === undefined ? {} : { description: tool.description }),
          ...(params === undefined ? {} : { params }),
        },
      ]
    }),
  )
  return { functions, required: choice !== 'auto' }
}

const NO_TOOLS = 'The request insists on a tool call, but brings no tools.'
