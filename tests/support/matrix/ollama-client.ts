import { type ChatRequest, type ChatResponse, type Message, Ollama } from 'ollama'
import { type MatrixAnswer, type MatrixClient, type MatrixQuestion, matrixError, TOOLS } from './client.ts'

/** The official ollama client. */
export function ollamaMatrixClient(url: string): MatrixClient {
  const client = new Ollama({ host: url })
  return {
    async ask(model, question, stream) {
      const answer: MatrixAnswer = {
        text: '',
        reasoning: '',
        toolCalls: [],
        finish: null,
        promptTokens: 0,
        completionTokens: 0,
      }
      try {
        const body = bodyOf(model, question)
        if (stream) for await (const part of await client.chat({ ...body, stream: true })) take(part, answer)
        else take(await client.chat({ ...body, stream: false }), answer)
      } catch (error) {
        throw matrixError(error, answer.text)
      }
      return answer
    },
    embed: async (model, input) => (await client.embed({ model, input })).embeddings,
  }
}

function bodyOf(model: string, question: MatrixQuestion): ChatRequest {
  const { text, system, image, tools, toolResult, schema, reasoning, maxTokens } = question
  const messages: Message[] = []
  if (system !== undefined) messages.push({ role: 'system', content: system })
  messages.push({ role: 'user', content: text, ...(image === undefined ? {} : { images: [image] }) })
  if (toolResult !== undefined) {
    const called = { name: toolResult.name, arguments: toolResult.arguments }
    messages.push(
      { role: 'assistant', content: '', tool_calls: [{ function: called }] },
      { role: 'tool', content: toolResult.content, tool_name: toolResult.name },
    )
  }
  return {
    model,
    messages,
    ...(tools === true || toolResult !== undefined
      ? { tools: TOOLS.map((tool) => ({ type: 'function', function: tool })) as NonNullable<ChatRequest['tools']> }
      : {}),
    ...(schema === undefined ? {} : { format: schema }),
    ...(reasoning === true ? { think: true } : {}),
    ...(maxTokens === undefined ? {} : { options: { num_predict: maxTokens } }),
  }
}

function take(part: ChatResponse, answer: MatrixAnswer): void {
  answer.text += part.message.content
  answer.reasoning += part.message.thinking ?? ''
  for (const call of part.message.tool_calls ?? []) {
    const { id } = call as { id?: string }
    answer.toolCalls.push({ id: id ?? '', name: call.function.name, arguments: call.function.arguments })
  }
  if (!part.done) return
  // Ollama ends with `stop` also after tool calls.
  answer.finish = answer.toolCalls.length > 0 ? 'tool_calls' : part.done_reason === 'length' ? 'length' : 'stop'
  answer.promptTokens = part.prompt_eval_count ?? 0
  answer.completionTokens = part.eval_count ?? 0
}
