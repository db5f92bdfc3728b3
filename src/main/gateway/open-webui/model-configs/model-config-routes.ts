import { adm, ver, type WebUiTable } from '../route-table.ts'
import {
  connectionsConfig,
  modelConfig,
  modelDefaults,
  updateConnectionsConfig,
  updateModelConfig,
} from './model-configs.ts'

/** Defaults for all models. Open WebUI's export and import of its whole configuration have nothing to match here. */
export const modelConfigTable: WebUiTable = {
  'GET /api/v1/configs/models': adm(modelConfig),
  'POST /api/v1/configs/models': adm(updateModelConfig),
  'GET /api/v1/configs/models/defaults': ver(modelDefaults, 'models'),
  'GET /api/v1/configs/connections': adm(connectionsConfig),
  'POST /api/v1/configs/connections': adm(updateConnectionsConfig),
}
