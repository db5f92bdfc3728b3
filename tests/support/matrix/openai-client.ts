import OpenAI from 'openai'
import { type MatrixAnswer, type MatrixClient, type MatrixQuestion, matrixError, TOOLS } from './client.ts'

/** The official openai client. */
export function openAiMatrixClient(url: string): MatrixClient {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
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
        if (stream) await readStream(client, model, question, answer)
        else await readWhole(client, model, question, answer)
      } catch (error) {
        throw matrixError(error, answer.text)
      }
      return answer
    },
    async embed(model, input) {
      const { data } = await client.embeddings.create({ model, input, encoding_format: 'float' })
      // OpenAI promises no order: `index` counts.
      return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding)
    },
  }
}

function bodyOf(model: string, question: MatrixQuestion): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { text, system, image, tools, toolResult, schema, reasoning, maxTokens } = question
  const messages: OpenAI.ChatCompletionMessageParam[] = []
  if (system !== undefined) messages.push({ role: 'system', content: system })
  messages.push({
    role: 'user',
    content:
      image === undefined
        ? text
        : [
            { type: 'text', text },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
          ],
  })
  if (toolResult !== undefined) {
    const called = { name: toolResult.name, arguments: JSON.stringify(toolResult.arguments) }
    messages.push(
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: called }] },
      { role: 'tool', tool_call_id: 'call_1', content: toolResult.content },
    )
  }
  return {
    model,
    messages,
    ...(tools === true || toolResult !== undefined
      ? { tools: TOOLS.map((tool) => ({ type: 'function' as const, function: tool })) }
      : {}),
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema' as const, json_schema: { name: 'answer', schema } } }),
    ...(reasoning === true ? { reasoning_effort: 'medium' as const } : {}),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  }
}

async function readWhole(client: OpenAI, model: string, question: MatrixQuestion, answer: MatrixAnswer): Promise<void> {
  const whole = await client.chat.completions.create(bodyOf(model, question))
  const choice = whole.choices[0]
  const message = choice?.message as OpenAI.ChatCompletionMessage & { reasoning_content?: string }
  answer.text = message.content ?? ''
  answer.reasoning = message.reasoning_content ?? ''
  answer.toolCalls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function'
      ? [{ id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }]
      : [],
  )
  answer.finish = finishOf(choice?.finish_reason)
  answer.promptTokens = whole.usage?.prompt_tokens ?? 0
  answer.completionTokens = whole.usage?.completion_tokens ?? 0
}

async function readStream(
  client: OpenAI,
  model: string,
  question: MatrixQuestion,
  answer: MatrixAnswer,
): Promise<void> {
  const stream = await client.chat.completions.create({
    ...bodyOf(model, question),
    stream: true,
    stream_options: { include_usage: true },
  })
  const calls: { id: string; name: string; text: string }[] = []
  for await (const chunk of stream) {
    const choice = chunk.choices[0]
    const delta = choice?.delta as OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: string }
    answer.text += delta?.content ?? ''
    answer.reasoning += delta?.reasoning_content ?? ''
    for (const { index, id, function: called } of delta?.tool_calls ?? []) {
      calls[index] ??= { id: id ?? '', name: called?.name ?? '', text: '' }
      calls[index].text += called?.arguments ?? ''
    }
    answer.finish = finishOf(choice?.finish_reason) ?? answer.finish
    answer.promptTokens = chunk.usage?.prompt_tokens ?? answer.promptTokens
    answer.completionTokens = chunk.usage?.completion_tokens ?? answer.completionTokens
  }
  answer.toolCalls = calls.map(({ id, name, text }) => ({ id, name, arguments: JSON.parse(text) }))
}

function finishOf(reason: string | null | undefined): MatrixAnswer['finish'] {
  return reason === 'stop' || reason === 'length' || reason === 'tool_calls' ? reason : null
}
