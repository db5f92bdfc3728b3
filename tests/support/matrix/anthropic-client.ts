import Anthropic from '@anthropic-ai/sdk'
import { type MatrixAnswer, type MatrixClient, type MatrixQuestion, matrixError, TOOLS } from './client.ts'

/** The official @anthropic-ai/sdk client. */
export function anthropicMatrixClient(url: string): MatrixClient {
  const client = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })
  return {
    async ask(model, question, stream) {
      const body = bodyOf(model, question)
      let text = ''
      try {
        if (!stream) return toAnswer(await client.messages.create(body))
        const events = client.messages.stream(body)
        events.on('text', (delta) => {
          text += delta
        })
        return toAnswer(await events.finalMessage())
      } catch (error) {
        throw matrixError(error, text)
      }
    },
    embed: null,
  }
}

function bodyOf(model: string, question: MatrixQuestion): Anthropic.MessageCreateParamsNonStreaming {
  const { text, system, image, tools, toolResult, schema, reasoning, maxTokens } = question
  const content: Anthropic.ContentBlockParam[] = [{ type: 'text', text }]
  if (image !== undefined) {
    content.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } })
  }
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content }]
  if (toolResult !== undefined) {
    messages.push(
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'toolu_1', name: toolResult.name, input: toolResult.arguments }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: toolResult.content }] },
    )
  }
  return {
    model,
    max_tokens: maxTokens ?? 4_000,
    messages,
    ...(system === undefined ? {} : { system }),
    ...(tools === true || toolResult !== undefined
      ? {
          tools: TOOLS.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: parameters as Anthropic.Tool.InputSchema,
          })),
        }
      : {}),
    ...(schema === undefined ? {} : { output_config: { format: { type: 'json_schema' as const, schema } } }),
    ...(reasoning === true ? { thinking: { type: 'enabled' as const, budget_tokens: 1_024 } } : {}),
  }
}

function toAnswer(message: Anthropic.Message): MatrixAnswer {
  const answer: MatrixAnswer = {
    text: '',
    reasoning: '',
    toolCalls: [],
    finish: null,
    promptTokens: message.usage.input_tokens,
    completionTokens: message.usage.output_tokens,
  }
  for (const block of message.content) {
    if (block.type === 'text') answer.text += block.text
    else if (block.type === 'thinking') answer.reasoning += block.thinking
    else if (block.type === 'tool_use') {
      answer.toolCalls.push({ id: block.id, name: block.name, arguments: block.input as Record<string, unknown> })
    }
  }
  if (message.stop_reason === 'end_turn') answer.finish = 'stop'
  else if (message.stop_reason === 'max_tokens') answer.finish = 'length'
  else if (message.stop_reason === 'tool_use') answer.finish = 'tool_calls'
  return answer
}
