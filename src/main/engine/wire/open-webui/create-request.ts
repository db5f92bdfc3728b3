import { z } from 'zod'
import { EngineError } from '../../spec/engine-error.ts'
import { modelField, requireModel } from '../ollama/request-fields.ts'
import { parseRequest } from '../parse-request.ts'

const text = z.string().nullish()
const digests = z.record(z.string(), z.string().regex(/^sha256[:-][0-9a-f]{64}$/i, 'it is no sha256 digest')).nullish()
const parameter = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

const bodySchema = z.looseObject({
  model: modelField,
  name: modelField,
  stream: z.boolean().nullish(),
  modelfile: text,
  path: text,
  from: text,
  files: digests,
  adapters: digests,
  template: text,
  system: text,
  license: z.union([z.string(), z.array(z.string())]).nullish(),
  parameters: z.record(z.string(), parameter.nullable()).nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content: text })).nullish(),
  quantize: text,
  quantization: text,
  renderer: text,
  parser: text,
  requires: text,
})
type Body = z.output<typeof bodySchema>

const SAYABLE: ReadonlySet<string> = new Set(Object.keys(bodySchema.shape))
const ROLES: ReadonlySet<string> = new Set(['system', 'user', 'assistant'])

/** A POST /api/create body. */
export interface CreateRequest {
  model: string
  stream: boolean
  /** Model that it is made from. */
  from: string | null
  /** Text of a Modelfile, if one was sent. */
  modelfile: string | null
  quantize: string | null
  /** Names in FROM and ADAPTER lines, with the digests of their blobs. */
  files: Record<string, string>
  body: Readonly<Body>
}

/** Decodes a POST /api/create body. Throws `invalid_request`, naming the field. */
export function readCreate(json: unknown): CreateRequest {
  const body = parseRequest(bodySchema, json)
  const modelfile = body.modelfile || null
  if (body.path && modelfile === null && !body.from && !body.files) {
    throw new EngineError('invalid_request', 'path is not supported: send from, files or the text of the Modelfile', {
      param: 'path',
    })
  }
  return {
    model: requireModel(body.model || body.name),
    stream: body.stream ?? true,
    from: body.from || null,
    modelfile,
    quantize: body.quantize || body.quantization || null,
    files: { ...body.files, ...body.adapters },
    body,
  }
}

/**
 * The request as a Modelfile's text; null if it holds something that a Modelfile cannot say (a message with images, a
 * text with `"""` at the end of a line, a field of a newer Ollama).
 */
export function modelfileOf({
  body,
  from,
  modelfile,
}: Pick<CreateRequest, 'body' | 'from' | 'modelfile'>): string | null {
  const lines = linesOf(body, from)
  if (modelfile === null) return lines === null ? null : `${lines.join('\n')}\n`
  // The text alone counts in older clients, which send nothing else beside it.
  return lines?.length === 0 || (from === null && !body.files) ? modelfile : null
}

function linesOf(body: Body, from: string | null): string[] | null {
  const lines: string[] = []
  let sayable = Object.keys(body).every((field) => SAYABLE.has(field))
  const say = (instruction: string, value: string | null | undefined): void => {
    if (value === null || value === undefined || (value === '' && !instruction.startsWith('MESSAGE'))) return
    const written = quoted(value)
    if (written === null) sayable = false
    else lines.push(`${instruction} ${written}`)
  }
  say('FROM', from)
  for (const name of Object.keys(body.files ?? {})) say('FROM', name)
  for (const [name, digest] of Object.entries(body.adapters ?? {})) {
    if ((body.files?.[name] ?? digest) !== digest) sayable = false
    say('ADAPTER', name)
  }
  say('TEMPLATE', body.template)
  say('SYSTEM', body.system)
  for (const license of [body.license ?? []].flat()) say('LICENSE', license)
  for (const [name, value] of Object.entries(body.parameters ?? {})) {
    for (const each of [value ?? []].flat()) say(`PARAMETER ${name}`, String(each))
  }
  for (const message of body.messages ?? []) {
    const { role, content } = message
    if (!ROLES.has(role) || Object.keys(message).length > (content === undefined ? 1 : 2)) sayable = false
    say(`MESSAGE ${role}`, content ?? '')
  }
  say('RENDERER', body.renderer)
  say('PARSER', body.parser)
  say('REQUIRES', body.requires)
  return sayable ? lines : null
}

/** A value as an instruction takes it: a quoted text ends with the first line that ends with the quotes. */
function quoted(value: string): string | null {
  if (value.includes('\r')) return null
  const lines = value.split('\n')
  if (lines.length === 1 && value !== '' && value.trim() === value && !value.startsWith('"')) return value
  const ends = lines.slice(0, -1).some((line) => line.trimEnd().endsWith('"""'))
  return ends ? null : `"""${value}"""`
}
