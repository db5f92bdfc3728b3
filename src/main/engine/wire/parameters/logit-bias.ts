import { EngineError } from '../../spec/engine-error.ts'

const LIMIT = 100

/** Open WebUI's `token:bias,token:bias` as OpenAI's object, each bias clamped to ±100. Throws `invalid_request`. */
export function parseLogitBias(text: string): Record<string, number> {
  const result: Record<string, number> = {}
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue
    const colon = pair.lastIndexOf(':')
    const token = pair.slice(0, Math.max(colon, 0)).trim()
    const biasText = pair.slice(colon + 1).trim()
    const bias = Number(biasText)
    if (colon < 1 || token === '' || biasText === '' || !Number.isFinite(bias)) {
      throw new EngineError(
        'invalid_request',
        `Invalid 'logit_bias': "${pair.trim().slice(0, 80)}" is not of the form token:bias.`,
        { param: 'logit_bias' },
      )
    }
    result[token] = Math.max(-LIMIT, Math.min(LIMIT, Math.trunc(bias)))
  }
  return result
}
