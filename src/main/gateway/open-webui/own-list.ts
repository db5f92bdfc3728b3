import type { Connection } from '../../engine/spec/connections.ts'
import type { CallContext } from '../../engine/spec/upstream.ts'
import { rawOpenAiModel } from '../../engine/wire/open-webui/openai-list.ts'

/** A server's own list of models word for word; that of a server of another kind is put in OpenAI's form. */
export async function ownListOf(
  { adapter }: Connection,
  signal: AbortSignal,
  context: CallContext | undefined,
): Promise<unknown> {
  if (adapter.ownList !== undefined) return adapter.ownList(signal, context)
  const models = await adapter.listModels(signal, context)
  return { object: 'list', data: models.map(rawOpenAiModel) }
}
