import type { ChatWrapper, LlamaModel } from 'node-llama-cpp'
import { DEMO_CHAT_TEMPLATE } from '../demo/demo-chat-template.ts'
import type { LlamaModule } from './native-runtime.ts'

/** Wrappers by everything that the choice depends on, so that loading a model again does not choose again. */
const chosen = new Map<string, ChatWrapper>()
const MOST_CHOSEN = 8

/**
 * The chat wrapper for a model. The library compares the template with each of its own wrappers, which blocks this
 * thread for half a second to two seconds. The demo model's template is known to match none, which spares a newcomer
 * that wait before the first answer.
 */
export function chooseWrapper(model: LlamaModel, sizeBytes: number, module: LlamaModule): ChatWrapper {
  const { metadata } = model.fileInfo
  const template = metadata.tokenizer?.chat_template
  if (template === DEMO_CHAT_TEMPLATE) {
    return new module.JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer })
  }
  const key = JSON.stringify(
    [template, model.filename, sizeBytes, metadata.general, model.tokens.bosString],
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
  const known = chosen.get(key)
  if (known !== undefined) return known
  const wrapper = module.resolveChatWrapper(model, { warningLogs: false })
  const [oldest] = chosen.keys()
  if (chosen.size >= MOST_CHOSEN && oldest !== undefined) chosen.delete(oldest)
  chosen.set(key, wrapper)
  return wrapper
}
