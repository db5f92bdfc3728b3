import { adm, ver, type WebUiTable } from '../route-table.ts'
import {
  loadedModels,
  loadModel,
  localModel,
  localModels,
  modelMetadata,
  modelMetrics,
  saveModelMetadata,
  unloadLocalModel,
  updateParameters,
  validateOptions,
} from './local-models.ts'

/**
 * The GGUF models that run in this process. Open WebUI has nothing of the kind; paths and fields follow its manner. Ids
 * stand in the query or the body, since they may hold `/` and `:`; a preset's leads to its base model's file.
 */
export const localModelTable: WebUiTable = {
  'GET /api/v1/models/local': adm(localModels),
  'GET /api/v1/models/local/loaded': ver(loadedModels, 'models'),
  'GET /api/v1/models/local/model': ver(localModel, 'models'),
  'GET /api/v1/models/local/metrics': ver(modelMetrics, 'models'),
  'POST /api/v1/models/local/load': adm(loadModel),
  'POST /api/v1/models/local/unload': adm(unloadLocalModel),
  'GET /api/v1/models/local/metadata': adm(modelMetadata),
  'POST /api/v1/models/local/metadata': adm(saveModelMetadata),
  'POST /api/v1/models/local/validate': adm(validateOptions),
  'POST /api/v1/models/local/parameters': adm(updateParameters),
}
