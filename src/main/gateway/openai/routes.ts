import { EngineError } from '../../engine/spec/engine-error.ts'
import { anthropicModel, anthropicModelList } from '../../engine/wire/anthropic/model-list.ts'
import { openAiModel, openAiModelList } from '../../engine/wire/openai/model-list.ts'
import { callerModels, findForCaller } from '../caller-models.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import type { Routes } from '../router.ts'
import { speaksAnthropic } from '../spoken-dialect.ts'
import { chatCompletions, completions, embeddings } from './answers.ts'
import { responses } from './responses.ts'

/** The OpenAI dialect, below /v1. The model list answers Anthropic's clients too: they are told by their headers. */
export const openAiRoutes: Routes = {
  'GET /v1/models': models,
  'GET /v1/models/*': model,
  'POST /v1/chat/completions': (exchange) => chatCompletions(exchange),
  'POST /v1/completions': (exchange) => completions(exchange),
  'POST /v1/embeddings': (exchange) => embeddings(exchange),
  'POST /v1/responses': (exchange) => responses(exchange),
}

function models(exchange: Exchange): void {
  const list = callerModels(exchange)
  if (speaksAnthropic(exchange)) sendJson(exchange, 200, anthropicModelList(list, new URLSearchParams(exchange.query)))
  else sendJson(exchange, 200, openAiModelList(list))
}

function model(exchange: Exchange): void {
  const found = findForCaller(exchange, exchange.rest)
  if (found === null) {
    throw new EngineError('model_not_found', `The model '${exchange.rest}' does not exist.`, { param: 'model' })
  }
  sendJson(exchange, 200, speaksAnthropic(exchange) ? anthropicModel(found) : openAiModel(found))
}
