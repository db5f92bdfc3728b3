import type { CatalogModel, GgufFile } from '#shared/models.ts'
import { isListedForText } from '../is-listed.ts'
import { ollamaModelName } from './model-name.ts'
import { NEVER_EXPIRES, ollamaTimestamp } from './timestamps.ts'

export interface OllamaModelDetails {
  parent_model: string
  format: string
  family: string
  families: string[]
  parameter_size: string
  quantization_level: string
}

/** `details` of /api/tags, /api/ps and /api/show. */
export function ollamaModelDetails(model: CatalogModel): OllamaModelDetails {
  const family = model.family ?? ''
  return {
    parent_model: '',
    format: model.holders.some((holder) => holder.provider === 'llama') ? 'gguf' : '',
    family,
    families: family === '' ? [] : [family],
    parameter_size: model.parameterSize ?? '',
    quantization_level: model.quantization ?? '',
  }
}

/**
 * /api/tags: the models that can be asked; one that is still being checked answers once it is. `ownDetails` are those of
 * the server that has a model: its families tell clients what it can do.
 */
export function ollamaTags(
  models: readonly CatalogModel[],
  ownDetails: (model: CatalogModel) => object | null,
): object {
  return {
    models: models.filter(isListedForText).map((model) => ({
      name: ollamaModelName(model.id),
      model: ollamaModelName(model.id),
      modified_at: ollamaTimestamp(model.modifiedAt),
      size: model.sizeBytes ?? 0,
      digest: model.digest,
      details: { ...ollamaModelDetails(model), ...ownDetails(model) },
    })),
  }
}

/** /api/ps: the models in memory. `models` is the catalog, for the facts that a file itself does not tell. */
export function ollamaProcesses(files: readonly GgufFile[], find: (id: string) => CatalogModel | null): object {
  return {
    models: files.flatMap((file) => {
      const { loaded } = file
      const model = find(file.id)
      if (loaded === null || loaded.state === 'loading' || model === null) return []
      return [
        {
          name: ollamaModelName(file.id),
          model: ollamaModelName(file.id),
          size: loaded.memory.ram + loaded.memory.vram,
          digest: model.digest,
          details: ollamaModelDetails(model),
          expires_at: loaded.expiresAt === null ? NEVER_EXPIRES : ollamaTimestamp(loaded.expiresAt),
          size_vram: loaded.memory.vram,
          context_length: loaded.contextSize,
        },
      ]
    }),
  }
}
