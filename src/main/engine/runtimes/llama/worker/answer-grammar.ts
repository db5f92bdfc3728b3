import type { GbnfJsonSchema, LlamaGrammar } from 'node-llama-cpp'
import type { ResponseFormat } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import { answerSchema } from '../not-enforced.ts'
import type { LoadedModel } from './loaded-model.ts'

/** The grammar of a response format; `text` has none. */
export async function answerGrammar(
  loaded: LoadedModel,
  format: ResponseFormat | undefined,
): Promise<LlamaGrammar | undefined> {
  if (format === undefined || format.type === 'text') return undefined
  const { llama } = loaded.native
  if (format.type === 'json') return llama.getGrammarFor('json')
  // What is left out here was told to the caller before the request came to this thread.
  const schema = answerSchema(format.schema, () => undefined)
  // The method's type wants a literal schema to infer the answer's type from; ours is known at run time only.
  const createGrammar = llama.createGrammarForJsonSchema.bind(llama) as (
    schema: GbnfJsonSchema,
  ) => Promise<LlamaGrammar>
  try {
    return await createGrammar(schema)
  } catch (cause) {
    throw new EngineError('invalid_request', 'The JSON schema cannot be turned into a grammar.', {
      cause,
      param: 'response_format',
      detail: cause instanceof Error ? cause.message : String(cause),
    })
  }
}
