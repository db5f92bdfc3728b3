import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gatherLines } from '../../../src/main/engine/logging/gathered-lines.ts'
import { createLogger, type LogLevel } from '../../../src/main/engine/logging/index.ts'
import { openRotatingFile } from '../../../src/main/engine/logging/rotating-file.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

function open(level: LogLevel = 'debug') {
  const folder = tempFolder()
  const printed: string[] = []
  const log = createLogger({ level, folder, terminal: { write: (text) => printed.push(text) } })
  onTestFinished(log.close)
  return {
    log,
    printed,
    /** What is on disk, now. */
    onDisk: () => readFileSync(join(folder, 'switchyard.log'), 'utf8'),
    text() {
      log.close()
      return readFileSync(join(folder, 'switchyard.log'), 'utf8')
    },
  }
}

const SECRETS = {
  key: 'sk-canary1234567890abcdef',
  bearer: 'canaryBearerValue123',
  password: 'canary-password',
  token: 'canary-token-value',
}
const PROMPT = 'CANARY my most private question'

test('canary: no secret and no prompt reaches the file or the terminal, however it is logged', () => {
  const { log, printed, text } = open()
  const upstream = { provider: 'openai', status: 401, bodyExcerpt: PROMPT }
  const jsonError = (() => {
    try {
      return JSON.parse(`"${PROMPT}`)
    } catch (error) {
      return error
    }
  })()
  log.info({ headers: { Authorization: `Bearer ${SECRETS.bearer}`, 'X-Api-Key': SECRETS.key } }, 'headers')
  log.info({ apiKey: SECRETS.key, api_key: SECRETS.key, nested: { deep: [{ password: SECRETS.password }] } }, 'keys')
  log.info({ token: SECRETS.token, url: `https://user:${SECRETS.password}@host/?api_key=${SECRETS.token}` }, 'url')
  log.info({ note: `the header was Authorization: Bearer ${SECRETS.bearer}` }, `key ${SECRETS.key} was refused`)
  log.info({ request: { messages: [{ role: 'user', content: PROMPT }], prompt: PROMPT, input: [PROMPT] } }, 'request')
  log.info({ body: PROMPT, content: PROMPT, reasoning: PROMPT, systemPrompt: PROMPT, draft: PROMPT }, 'texts')
  log.warn(
    { err: new EngineError('auth_failed', `refused ${SECRETS.key}`, { upstream, cause: new Error(SECRETS.key) }) },
    'e',
  )
  log.error({ err: jsonError }, 'could not parse')
  log.error({ err: new Error(`first line\nsecond sk-canary1234567890abcdef`) }, 'two lines')
  log.child({ apiKey: SECRETS.key, area: 'x' }).info({ prompt: PROMPT }, 'from a child')
  const write = log.infoLines(
    { apiKey: SECRETS.key, model: `m ${SECRETS.key}`, prompt: PROMPT },
    `like ${SECRETS.key}`,
    ['requestId'],
  )
  write(['r'])
  const written = text() + printed.join('')
  expect(written.split('\n').length).toBeGreaterThan(18)
  for (const secret of [...Object.values(SECRETS), PROMPT, 'CANARY']) expect(written).not.toContain(secret)
})

test('what helps is still there: codes, causes, counts, sizes of what was taken out', () => {
  const { log, text } = open()
  const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
  log.error(
    {
      err: new EngineError('upstream_unavailable', 'Ollama does not answer.', { cause }),
      completionTokens: 12,
      content: 'abc',
    },
    'an attempt failed',
  )
  expect(JSON.parse(text())).toMatchObject({
    level: 50,
    msg: 'an attempt failed',
    completionTokens: 12,
    content: '[redacted: 3 characters]',
    err: {
      code: 'upstream_unavailable',
      message: 'Ollama does not answer.',
      cause: { code: 'ECONNREFUSED', message: 'connection refused' },
    },
  })
})

test('circular and deep fields are cut, not followed', () => {
  const { log, text } = open()
  const circular: Record<string, unknown> = { name: 'loop' }
  circular.self = circular
  log.info({ circular, big: 'y'.repeat(100_000), bytes: new Uint8Array(9) }, 'odd')
  expect(text().length).toBeLessThan(6000)
  expect(text()).toContain('[deeper]')
  expect(text()).toContain('[9 bytes]')
})

test('the level can change while running, for children as well', () => {
  const { log, printed } = open('warn')
  const child = log.child({ area: 'chats' })
  child.info({}, 'unheard')
  log.setLevel('info')
  child.info({ count: 2 }, 'heard')
  expect(printed).toHaveLength(1)
  expect(printed[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}heard area=chats count=2\n$/)
})

test('log files stay within their bounds', () => {
  const folder = tempFolder()
  const file = openRotatingFile({ folder, maxBytes: 1000, keep: 3 })
  for (let index = 0; index < 100; index++) {
    file.write(Buffer.from(`${String(index).padStart(3, '0')} ${'z'.repeat(95)}\n`))
  }
  file.close()
  expect(readdirSync(folder).sort()).toEqual(['switchyard.1.log', 'switchyard.2.log', 'switchyard.log'])
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000)
  expect(readFileSync(join(folder, 'switchyard.log'), 'utf8')).toMatch(/^090 .*\n(.*\n)*099 z+\n$/)
  const again = openRotatingFile({ folder, maxBytes: 1000, keep: 3 })
  again.write(Buffer.from('after a restart\n'))
  again.close()
  expect(readFileSync(join(folder, 'switchyard.1.log'), 'utf8')).toContain('099')
})

test('trouble is on disk at once, and takes along what waited before it', () => {
  const { log, onDisk, text } = open()
  log.info({}, 'calm')
  expect(onDisk()).toBe('')
  log.warn({}, 'trouble')
  expect(onDisk()).toMatch(/calm[\s\S]*trouble/)
  log.info({}, 'calm again')
  expect(text()).toContain('calm again')
})

test('lines that wait are written soon', async () => {
  const { log, onDisk } = open()
  log.info({}, 'calm')
  await until('the line is written', () => (onDisk().includes('calm') ? true : null))
})

test('gathered lines come to the file whole and in order, however many and long they are, and in any script', () => {
  const folder = tempFolder()
  const file = openRotatingFile({ folder })
  const gathered = gatherLines(file)
  const lengths = [10, 4_000, 9_000, 12_000, 0, 200_000, ...Array.from({ length: 500 }, (_, index) => index)]
  const lines = lengths.map((length, index) => `${index} ${(index % 2 === 0 ? 'é雪' : 'x').repeat(length)}\n`)
  for (const line of lines) gathered.add(line)
  gathered.flush()
  file.close()
  const written = readFileSync(join(folder, 'switchyard.log'), 'utf8')
  expect(written.split('\n').map((line) => Number.parseInt(line, 10))).toEqual([...lines.keys(), Number.NaN])
  expect(written === lines.join('')).toBe(true)
})

test('lines that share most of their fields read as any other line, with only their own fields set anew', () => {
  const { log, text } = open()
  const fields = { model: 'llama "3"\n', place: 'here' }
  const own = {
    requestId: 'req_1',
    outcome: 'with "quotes"',
    durationMs: 7,
    promptTokens: null,
    passedThrough: undefined,
  }
  log.child({ area: 'x' }).info({ ...own, ...fields }, 'request ended')
  log.child({ area: 'x' }).infoLines(fields, 'request ended', Object.keys(own))(Object.values(own))
  const [usual, alike, ...none] = text()
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), time: 0 }))
  expect(none).toEqual([])
  expect(alike).toEqual(usual)
})

test('lines below the level are not written', () => {
  const { log, text } = open('warn')
  log.infoLines({}, 'request ended', ['requestId'])(['r'])
  expect(text()).toBe('')
})
