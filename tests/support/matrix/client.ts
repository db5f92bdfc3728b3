/** One question, as every dialect can ask it. */
export interface MatrixQuestion {
  text: string
  system?: string
  /** Base64 PNG. */
  image?: string
  /** Offers the tools `get_weather` and `get_time`. */
  tools?: boolean
  /** A call that the model made earlier, and what came of it. */
  toolResult?: { name: string; arguments: Record<string, unknown>; content: string }
  schema?: Record<string, unknown>
  reasoning?: boolean
  maxTokens?: number
}

/** What came back, in one shape for all dialects. */
export interface MatrixAnswer {
  text: string
  reasoning: string
  toolCalls: { id: string; name: string; arguments: Record<string, unknown> }[]
  /** In OpenAI's words. */
  finish: 'stop' | 'length' | 'tool_calls' | null
  promptTokens: number
  completionTokens: number
}

/** A failure as the client library told it. */
export interface MatrixFailure {
  /** Null where the library has none (an error in the middle of a stream). */
  status: number | null
  message: string
  /** What had come before it. */
  text: string
}

/** One official client library. */
export interface MatrixClient {
  ask(model: string, question: MatrixQuestion, stream: boolean): Promise<MatrixAnswer>
  /** Null: the dialect has no embeddings. */
  embed: ((model: string, input: string | string[]) => Promise<number[][]>) | null
}

/** Thrown by `ask`. */
export class MatrixError extends Error {
  readonly failure: MatrixFailure
  constructor(failure: MatrixFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export const TOOLS = [
  {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  {
    name: 'get_time',
    description: 'The time in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

/** The error of a client library with what had come before it. */
export function matrixError(error: unknown, text: string): MatrixError {
  const { status, status_code: statusCode } = error as { status?: number; status_code?: number }
  const message = error instanceof Error ? error.message : String(error)
  return new MatrixError({ status: status ?? statusCode ?? null, message, text })
}
