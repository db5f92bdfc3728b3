import { EngineError } from '../../engine/spec/engine-error.ts'

/** Names that Windows gives to devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const MAX_BYTES = 200

/**
 * A file name for an uploaded model: the last part of what was sent, without characters that a file system or a shell
 * could mistake. Throws `invalid_request` if nothing sensible is left or it does not end in `.gguf`.
 */
export function uploadName(sent: string): string {
  const last = sent.split(/[/\\]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  const clean = last.replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '-').replace(/^[.\s-]+|[.\s]+$/g, '')
  const stem = clean.replace(/\.gguf$/i, '')
  if (stem === clean) throw invalid("its name must end in '.gguf'")
  if (stem === '' || DEVICE.test(clean)) throw invalid('it has no usable name')
  const name = `${stem}.gguf`
  if (Buffer.byteLength(name) > MAX_BYTES) throw invalid('its name is too long')
  return name
}

function invalid(why: string): EngineError {
  return new EngineError('invalid_request', `This file cannot be added: ${why}.`, { param: 'name' })
}
