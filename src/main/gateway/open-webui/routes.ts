import { EngineError } from '../../engine/spec/engine-error.ts'
import { countTokens, messages } from '../anthropic/routes.ts'
import { generate } from '../ollama/answers.ts'
import { embed, embeddings } from '../ollama/embed.ts'
import * as openAi from '../openai/answers.ts'
import { responses } from '../openai/responses.ts'
import type { Routes } from '../router.ts'
import { chatCompletions } from './chat.ts'
import { whileEnabled } from './connection-family.ts'
import { config, databaseHealth, ready, usage } from './facts.ts'
import { withinFamily } from './family-answers.ts'
import { downloadGguf } from './gguf-download.ts'
import { uploadGguf } from './gguf-upload.ts'
import { baseModels, models, unloadModel } from './models.ts'
import { ollamaChat } from './ollama-chat.ts'
import { ollamaConfig, ollamaStatus, updateOllamaConfig, verifyOllama } from './ollama-config.ts'
import { ollamaOpenAiModels, ollamaRunning, ollamaTags, ollamaVersion } from './ollama-lists.ts'
import {
  ollamaCopy,
  ollamaCreate,
  ollamaDelete,
  ollamaPull,
  ollamaPush,
  ollamaShow,
  ollamaUnload,
} from './ollama-manage.ts'
import { openAiConfig, updateOpenAiConfig, verifyOpenAi } from './openai-config.ts'
import { openAiModels } from './openai-models.ts'
import { adm, pub, toRoutes, ver, type WebUiHandler, type WebUiTable } from './route-table.ts'

/**
 * Open WebUI's API, with who may call each route and what an API key needs for it.
 */
export const webUiTable: WebUiTable = {
  'GET /ollama': pub(ollamaStatus),
  'POST /ollama/verify': adm(verifyOllama),
  'GET /ollama/config': adm(ollamaConfig),
  'POST /ollama/config/update': adm(updateOllamaConfig),
  'GET /ollama/api/tags[/{i}]': ver(ofOllama(ollamaTags), 'models'),
  'GET /ollama/api/ps': adm(ollamaRunning),
  'GET /ollama/api/version[/{i}]': ver(ollamaVersion, null),
  'POST /ollama/api/unload': adm(ofOllama(ollamaUnload)),
  'POST /ollama/api/pull[/{i}]': adm(ofOllama(ollamaPull)),
  'DELETE /ollama/api/push[/{i}]': adm(ofOllama(ollamaPush)),
  'POST /ollama/api/push[/{i}]': adm(ofOllama(ollamaPush)),
  'POST /ollama/api/create[/{i}]': adm(ofOllama(ollamaCreate)),
  'POST /ollama/api/copy[/{i}]': adm(ofOllama(ollamaCopy)),
  'DELETE /ollama/api/delete[/{i}]': adm(ofOllama(ollamaDelete)),
  'POST /ollama/api/show': ver(ofOllama(ollamaShow), 'models'),
  'POST /ollama/api/embed[/{i}]': ver(ofOllama(withinFamily('ollama', embed)), 'embeddings'),
  'POST /ollama/api/embeddings[/{i}]': ver(ofOllama(withinFamily('ollama', embeddings)), 'embeddings'),
  'POST /ollama/api/generate[/{i}]': ver(ofOllama(withinFamily('ollama', generate)), 'chat'),
  'POST /ollama/api/chat[/{i}]': ver(ofOllama(withinFamily('ollama', ollamaChat)), 'chat'),
  'POST /ollama/v1/chat/completions[/{i}]': ver(ofOllama(withinFamily('ollama', openAi.chatCompletions)), 'chat'),
  'POST /ollama/v1/completions[/{i}]': ver(ofOllama(withinFamily('ollama', openAi.completions)), 'chat'),
  'POST /ollama/v1/embeddings[/{i}]': ver(ofOllama(withinFamily('ollama', openAi.embeddings)), 'embeddings'),
  'POST /ollama/v1/responses[/{i}]': ver(ofOllama(withinFamily('ollama', responses)), 'chat'),
  'POST /ollama/v1/messages[/{i}]': ver(ofOllama(withinFamily('ollama', messages)), 'chat'),
  'GET /ollama/v1/models[/{i}]': ver(ofOllama(ollamaOpenAiModels), 'models'),
  'POST /ollama/models/download[/{i}]': adm(ofOllama(downloadGguf)),
  'POST /ollama/models/upload[/{i}]': adm(ofOllama(uploadGguf)),

  'GET /openai/config': adm(openAiConfig),
  'POST /openai/config/update': adm(updateOpenAiConfig),
  'POST /openai/verify': adm(verifyOpenAi),
  'GET /openai/models[/{i}]': ver(ofOpenAi(openAiModels), 'models'),
  'POST /openai/chat/completions': ver(ofOpenAi(withinFamily('openai', openAi.chatCompletions)), 'chat'),
  'POST /openai/completions': ver(ofOpenAi(withinFamily('openai', openAi.completions)), 'chat'),
  'POST /openai/embeddings': ver(ofOpenAi(withinFamily('openai', openAi.embeddings)), 'embeddings'),
  'POST /openai/responses': ver(ofOpenAi(withinFamily('openai', responses)), 'chat'),
  // Behind the others, as prefixes are looked through in order.
  'GET /openai/*': ver(noPassThrough, 'chat'),
  'POST /openai/*': ver(noPassThrough, 'chat'),
  'PUT /openai/*': ver(noPassThrough, 'chat'),
  'PATCH /openai/*': ver(noPassThrough, 'chat'),
  'DELETE /openai/*': ver(noPassThrough, 'chat'),

  'GET /api/models': ver(models, 'models'),
  'GET /api/v1/models': ver(models, 'models'),
  'GET /api/models/base': adm(baseModels),
  'POST /api/models/unload': adm(unloadModel),
  'POST /api/chat/completions': ver(chatCompletions, 'chat'),
  'POST /api/v1/chat/completions': ver(chatCompletions, 'chat'),
  // `POST /api/embeddings` is Ollama's as well and stands in its table.
  'POST /api/v1/embeddings': ver((exchange) => openAi.embeddings(exchange), 'embeddings'),
  'POST /api/message': ver((exchange) => messages(exchange), 'chat'),
  'POST /api/v1/messages': ver((exchange) => messages(exchange), 'chat'),
  'POST /api/v1/messages/count_tokens': ver((exchange) => countTokens(exchange), 'chat'),
  'GET /api/config': pub(config),
  'GET /api/usage': ver(usage, null),
  'GET /ready': pub(ready),
  'GET /health/db': pub(databaseHealth),
}

export const openWebUiRoutes: Routes = toRoutes(webUiTable)

function ofOllama(handler: WebUiHandler): WebUiHandler {
  return whileEnabled('ollama', handler)
}

function ofOpenAi(handler: WebUiHandler): WebUiHandler {
  return whileEnabled('openai', handler)
}

/** Any other path of the OpenAI family. */
function noPassThrough(): never {
  throw new EngineError(
    'forbidden',
    'Direct API passthrough is disabled. Set ENABLE_OPENAI_API_PASSTHROUGH=True to enable.',
  )
}
