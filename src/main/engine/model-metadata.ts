import { otherName } from '#shared/model-name.ts'
import type { ModelMetadata } from './spec/engine.ts'
import { EngineError } from './spec/engine-error.ts'
import type { DocumentsStore } from './storage/index.ts'

/** Characters of JSON that notes beside one model may have. */
const MOST = 100_000

/** Notes beside models, one document each; those of `x` and `x:latest` are one model's. */
export function createModelMetadata(documents: DocumentsStore, now: () => number): ModelMetadata {
  const key = (modelId: string): string => `model-metadata:${modelId}`
  return {
    get(modelId) {
      const other = otherName(modelId)
      const found = documents.get(key(modelId)) ?? (other === null ? null : documents.get(key(other)))
      return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
    },
    save(modelId, metadata) {
      if (JSON.stringify(metadata).length > MOST) {
        throw new EngineError('invalid_request', `Notes can have ${MOST.toLocaleString('en-US')} characters at most.`, {
          param: 'metadata',
        })
      }
      const other = otherName(modelId)
      if (other !== null) documents.remove(key(other))
      if (Object.keys(metadata).length === 0) documents.remove(key(modelId))
      else documents.save(key(modelId), metadata, now())
    },
  }
}
