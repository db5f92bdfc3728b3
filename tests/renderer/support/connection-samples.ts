import {
  type ConnectionConfig,
  type ConnectionHealth,
  type ConnectionTestStep,
  type ConnectionView,
  connectionConfigSchema,
  TEST_STEPS,
} from '#shared/connections.ts'

type StepName = ConnectionTestStep['step']

/** One connection; `config` and `health` are patched, the rest replaced. */
export function connectionView(
  id: string,
  patch: Partial<Omit<ConnectionView, 'config' | 'health'>> & {
    config?: Partial<ConnectionConfig>
    health?: Partial<ConnectionHealth>
  } = {},
): ConnectionView {
  const { config, health, ...rest } = patch
  const now = Date.now()
  const provider = config?.provider ?? 'ollama'
  return {
    id,
    position: 1,
    title: id,
    provider,
    place: 'here',
    config: {
      ...connectionConfigSchema.parse({ provider, baseUrl: 'http://127.0.0.1:11434' }),
      name: id,
      ...config,
    },
    keys: [],
    origin: 'person',
    revision: `${id} 1`,
    health: {
      state: 'ready',
      latencyMs: 12,
      checkedAt: now - 2000,
      lastOkAt: now - 2000,
      lastError: null,
      version: null,
      inFlight: 0,
      modelCount: 3,
      modelsKnownAt: now - 2000,
      nextCheckAt: now + 8000,
      ...health,
    },
    ...rest,
  }
}

/** The runtime inside the engine, as the list shows it. */
export function builtInConnection(health: Partial<ConnectionHealth> = {}): ConnectionView {
  return {
    ...connectionView('llama', { health: { latencyMs: 1, modelCount: 8, nextCheckAt: null, ...health } }),
    position: 0,
    title: 'In-process',
    provider: 'llama',
    config: null,
    origin: 'built-in',
  }
}

/** The six of the look: every place, and a ready, a down and a limited one. */
export function someConnections(now = Date.now()): ConnectionView[] {
  return [
    builtInConnection({ inFlight: 1 }),
    connectionView('ollama', { title: 'Ollama', health: { version: '0.12.6', modelCount: 14 } }),
    connectionView('localai', {
      title: 'LocalAI',
      config: { provider: 'localai', baseUrl: 'http://127.0.0.1:8080' },
      health: {
        state: 'down',
        latencyMs: 31,
        lastOkAt: now - 54 * 60_000,
        modelsKnownAt: now - 54 * 60_000,
        modelCount: 4,
        nextCheckAt: now + 18_000,
        lastError: {
          at: now - 4000,
          error: {
            code: 'upstream_unavailable',
            message: 'Nothing answers at 127.0.0.1:8080: the connection was refused.',
            retryable: true,
            detail: 'connect ECONNREFUSED 127.0.0.1:8080',
          },
        },
      },
    }),
    connectionView('attic', {
      title: 'attic',
      place: 'near',
      config: { baseUrl: 'http://192.168.1.40:11434' },
      health: { version: '0.12.3', inFlight: 1, latencyMs: 24 },
    }),
    connectionView('openai', {
      title: 'OpenAI',
      place: 'away',
      origin: 'environment',
      config: { provider: 'openai', baseUrl: 'https://api.openai.com/v1' },
      keys: [
        { id: 'k1', mask: '••••4f2a' },
        { id: 'k2', mask: '••••71b0' },
      ],
      health: {
        inFlight: 3,
        latencyMs: 214,
        modelCount: 61,
        nextCheckAt: now + 41_000,
        lastError: {
          at: now - 2 * 3_600_000,
          error: { code: 'upstream_error', message: 'api.openai.com answered with status 503.', retryable: true },
        },
      },
    }),
    connectionView('anthropic', {
      title: 'Anthropic',
      place: 'away',
      config: { provider: 'anthropic', baseUrl: 'https://api.anthropic.com' },
      keys: [
        { id: 'k3', mask: '••••9c1e' },
        { id: 'k4', mask: '••••0d77' },
      ],
      health: {
        state: 'limited',
        latencyMs: 305,
        modelCount: 9,
        nextCheckAt: now + 52_000,
        lastError: {
          at: now - 40_000,
          error: {
            code: 'rate_limited',
            message: 'Key ••••9c1e reached its limit of 50 requests a minute. Requests use the other key.',
            retryable: true,
          },
        },
      },
    }),
  ]
}

/** Every state once, in one list. */
export function everyState(now = Date.now()): ConnectionView[] {
  const refused = {
    at: now - 3 * 60_000,
    error: {
      code: 'auth_failed' as const,
      message: 'The server refused the key ••••71b0: Incorrect API key provided.',
      retryable: false,
    },
  }
  return [
    builtInConnection(),
    connectionView('ready'),
    connectionView('slow', { place: 'near', health: { state: 'slow', latencyMs: 3400 } }),
    connectionView('limited', { place: 'away', health: { state: 'limited' } }),
    connectionView('refused', {
      place: 'away',
      keys: [{ id: 'k', mask: '••••71b0' }],
      health: { state: 'auth-failed', lastOkAt: null, modelsKnownAt: null, modelCount: 0, lastError: refused },
    }),
    connectionView('down', {
      health: {
        state: 'down',
        lastOkAt: now - 3_600_000,
        modelsKnownAt: now - 3_600_000,
        lastError: {
          at: now - 9000,
          error: { code: 'connect_timeout', message: 'No connection within 5 s.', retryable: true },
        },
      },
    }),
    connectionView('paused', { config: { enabled: false }, health: { state: 'disabled', nextCheckAt: null } }),
    connectionView('unknown', {
      health: {
        state: 'unknown',
        latencyMs: null,
        checkedAt: null,
        lastOkAt: null,
        modelsKnownAt: null,
        modelCount: 0,
      },
    }),
  ]
}

const FINDINGS: Record<StepName, { ms: number; detail: string }> = {
  address: { ms: 0, detail: 'https://api.anthropic.com' },
  resolve: { ms: 8, detail: '160.79.104.10 (Away)' },
  connect: { ms: 21, detail: '160.79.104.10:443' },
  tls: { ms: 34, detail: 'api.anthropic.com, issued by WE1, valid until Jan 21 2027' },
  auth: { ms: 112, detail: 'Accepted: ••••9c1e, ••••0d77' },
  version: { ms: 0, detail: 'Servers of this kind do not tell their version.' },
  models: { ms: 96, detail: '9 models: claude-opus-4-5, claude-sonnet-4-5 …' },
  token: { ms: 163, detail: 'claude-haiku-4-5: "Hello"' },
}

/** Both halves of every step of a test that goes well, or that fails at one step. */
export function testSteps(
  failing: (Partial<ConnectionTestStep> & { step: StepName }) | null = null,
): ConnectionTestStep[] {
  const failsAt = failing === null ? TEST_STEPS.length : TEST_STEPS.indexOf(failing.step)
  return TEST_STEPS.flatMap((step, index): ConnectionTestStep[] => {
    const blank = { step, ms: null, detail: null, error: null, advice: null, fingerprint: null }
    if (index > failsAt) return [{ ...blank, state: 'skipped' }]
    const running: ConnectionTestStep = { ...blank, state: 'running' }
    const { ms, detail } = FINDINGS[step]
    if (index === failsAt) return [running, { ...blank, ms, ...failing, state: 'failed' }]
    return [running, { ...blank, state: step === 'version' ? 'skipped' : 'ok', ms, detail }]
  })
}
