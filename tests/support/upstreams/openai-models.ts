import {
  errorAnswer,
  type OpenAiFlavour,
  type ScriptedOpenAiModel,
  type ScriptedOpenAiRefusal,
  scriptedOpenAiModel,
} from './openai-answers.ts'

type Json = Record<string, unknown>

/** What each flavour's server holds if the test does not say. */
export const DEFAULT_MODELS: Record<OpenAiFlavour, ScriptedOpenAiModel[]> = {
  openai: [
    scriptedOpenAiModel('gpt-4o'),
    scriptedOpenAiModel('o3-mini', { reasons: true }),
    scriptedOpenAiModel('gpt-3.5-turbo-instruct'),
    scriptedOpenAiModel('text-embedding-3-small', { kind: 'embedding' }),
  ],
  azure: [
    scriptedOpenAiModel('gpt-4o'),
    scriptedOpenAiModel('o3-mini', { reasons: true }),
    scriptedOpenAiModel('text-embedding-3-small', { kind: 'embedding' }),
  ],
  localai: [
    scriptedOpenAiModel('qwen3-vl', { reasons: true }),
    scriptedOpenAiModel('bert-embeddings', { kind: 'embedding' }),
  ],
  vllm: [
    scriptedOpenAiModel('Qwen/Qwen3-8B', { reasons: true, contextLength: 40_960 }),
    scriptedOpenAiModel('BAAI/bge-m3', { kind: 'embedding', contextLength: 8_192 }),
  ],
  'llama-server': [
    scriptedOpenAiModel('gpt-oss-20b', { reasons: true, contextLength: 131_072 }),
    scriptedOpenAiModel('nomic-embed-text', { kind: 'embedding' }),
  ],
  compatible: [
    scriptedOpenAiModel('some-model', { reasons: true }),
    scriptedOpenAiModel('some-embedder', { kind: 'embedding' }),
  ],
}

/** An entry of its list of models, with the fields that the flavour's true server has. */
export function modelEntry(flavour: OpenAiFlavour, model: ScriptedOpenAiModel): Json {
  const base = { id: model.id, object: 'model', created: 1_715_367_049 }
  switch (flavour) {
    case 'openai':
      return { ...base, owned_by: 'system' }
    case 'azure': {
      const embeds = model.kind === 'embedding'
      return {
        id: model.id,
        object: 'model',
        created_at: 1_715_367_049,
        status: 'succeeded',
        lifecycle_status: 'generally-available',
        capabilities: {
          fine_tune: false,
          inference: true,
          completion: false,
          chat_completion: !embeds,
          embeddings: embeds,
        },
      }
    }
    case 'localai':
      return { id: model.id, object: 'model' }
    case 'vllm':
      return {
        ...base,
        owned_by: 'vllm',
        root: model.id,
        parent: null,
        max_model_len: model.contextLength,
        permission: [],
      }
    case 'llama-server':
      return {
        ...base,
        owned_by: 'llamacpp',
        meta: {
          vocab_type: 2,
          n_vocab: 201_088,
          n_ctx_train: model.contextLength,
          n_embd: 2880,
          n_params: 20_914_757_184,
          size: 12_109_565_632,
        },
      }
    case 'compatible':
      return { ...base, owned_by: 'somebody' }
  }
}

/** An entry of LocalAI's own list of abilities. */
export function localAiCapabilities(model: ScriptedOpenAiModel): Json {
  const embeds = model.kind === 'embedding'
  const sees = /vl|vision/.test(model.id)
  return {
    id: model.id,
    object: 'model',
    capabilities: embeds ? ['embeddings'] : ['chat', 'completion', ...(sees ? ['vision'] : [])],
    input_modalities: sees ? ['text', 'image'] : ['text'],
    output_modalities: embeds ? ['embedding'] : ['text'],
  }
}

/** What the flavour says of a model that it does not have. */
export function unknownModel(flavour: OpenAiFlavour, name: string): ScriptedOpenAiRefusal {
  if (flavour === 'azure') {
    const message =
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.'
    return {
      status: 404,
      contentType: 'application/json',
      body: JSON.stringify({ error: { code: 'DeploymentNotFound', message } }),
    }
  }
  if (flavour === 'localai')
    return errorAnswer(flavour, 404, `model "${name}" not found. To see available models, call GET /v1/models`)
  const message =
    flavour === 'vllm'
      ? `The model \`${name}\` does not exist.`
      : `The model \`${name}\` does not exist or you do not have access to it.`
  return errorAnswer(flavour, 404, message, { code: 'model_not_found' })
}
