/**
 * Who may import whom. Each room lists the rooms that it may reach beside itself; what is not listed is forbidden.
 * When a room needs a new neighbour, change the table in the same commit and say why there. Do not relax a rule to make a check pass.
 */
const rooms = {
  'src/shared': [],
  'src/preload': ['src/shared'],
  'src/renderer': ['src/shared'],
  'src/main/engine/spec': ['src/shared'],
  'src/main/engine/wire': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/events': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/logging': ['src/shared', 'src/main/engine/spec'],
  // The lock on the data folder is an SQLite file, and SQL lives in storage only.
  'src/main/engine/data-folder': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage'],
  'src/main/engine/storage': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/settings': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage'],
  'src/main/engine/hardware': ['src/shared', 'src/main/engine/spec'],
  // The one place that opens sockets to upstreams: time limits, TLS pinning and "no redirects" hold because nobody else can.
  'src/main/engine/http': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/secrets': ['src/shared', 'src/main/engine/spec'],
  // Configured connections are rows; how an upstream and an adapter are made is handed in by the composition root.
  // Wire: variables and the compatible routes configure connections in Open WebUI's form.
  'src/main/engine/connections': [
    'src/shared',
    'src/main/engine/spec',
    'src/main/engine/storage',
    'src/main/engine/wire',
  ],
  'src/main/engine/health': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/catalog': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/pipeline': ['src/shared', 'src/main/engine/spec'],
  // Jobs are rows, and speak Ollama's management API.
  'src/main/engine/jobs': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage', 'src/main/engine/wire'],
  // Person-made models: rows, the catalog's models through the spec, and both parameter tables of wire.
  'src/main/engine/models': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage', 'src/main/engine/wire'],
  // Pure decisions over what it is handed.
  'src/main/engine/access': ['src/shared', 'src/main/engine/spec'],
  'src/main/engine/team': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage'],
  'src/main/engine/sharing': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage'],
  'src/main/engine/chats': ['src/shared', 'src/main/engine/spec', 'src/main/engine/storage'],
  'src/main/engine/providers': ['src/shared', 'src/main/engine/spec', 'src/main/engine/wire'],
  'src/main/engine/runtimes': ['src/shared', 'src/main/engine/spec'],
  // Wire: files of presets are read and written in Open WebUI's form, for the window as for its clients.
  'src/main/rpc': ['src/shared', 'src/main/engine/spec', 'src/main/engine/wire'],
  'src/main/gateway': ['src/shared', 'src/main/engine/spec', 'src/main/engine/wire'],
}

/** Files directly in src/main and src/main/engine are composition: they name every room, and no room names them. */
const layerRules = Object.entries(rooms).map(([room, neighbours]) => ({
  name: `${room.replace('src/', '')} reaches only its neighbours`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: '^(src|tests|scripts)/',
    pathNot: [room, ...neighbours].map((allowed) => `^${allowed}/`),
  },
}))

/** Packages that only one room may load. */
const packageRules = [
  { package: 'electron', only: '^src/(main/desktop|preload)/|^src/main/index\\.ts$' },
  { package: 'electron-store', only: '^src/main/desktop/' },
  { package: 'undici', only: '^src/main/engine/http/' },
  { package: '@azure/identity', only: '^src/main/engine/http/' },
  { package: 'better-sqlite3', only: '^src/main/engine/storage/' },
  { package: 'node-llama-cpp', only: '^src/main/engine/runtimes/llama/' },
  { package: '@node-rs/argon2', only: '^src/main/engine/team/' },
  { package: 'openid-client', only: '^src/main/engine/team/' },
  { package: 'jose', only: '^src/main/engine/team/' },
  { package: 'rate-limiter-flexible', only: '^src/main/engine/team/' },
  { package: 'selfsigned', only: '^src/main/engine/sharing/' },
  { package: 'bonjour-service', only: '^src/main/engine/sharing/' },
  { package: 'pino', only: '^src/main/engine/logging/' },
  { package: 'systeminformation', only: '^src/main/engine/hardware/' },
  { package: 'react', only: '^src/renderer/' },
].map(({ package: name, only }) => ({
  name: `${name} is loaded in one place`,
  severity: 'error',
  from: { path: '^src/', pathNot: only },
  to: { path: `^node_modules/${name}/` },
}))

module.exports = {
  forbidden: [
    ...layerRules,
    ...packageRules,
    {
      name: 'in the window: app reaches features, features reach components; never back',
      severity: 'error',
      from: { path: '^src/renderer/(features|components|page|bridge|stores|i18n|markdown)/' },
      to: { path: '^src/renderer/app/' },
    },
    {
      name: 'in the window: what features share reaches no feature',
      severity: 'error',
      from: { path: '^src/renderer/(components|page|bridge|stores|i18n|markdown)/' },
      to: { path: '^src/renderer/features/' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing reachable from serve.ts imports electron',
      severity: 'error',
      from: { path: '^src/main/serve\\.ts$' },
      to: { path: '^(node_modules/electron/|src/main/desktop/)', reachable: true },
    },
    {
      name: 'shared is pure: zod and the contract builder alone',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { pathNot: ['^src/shared/', '^node_modules/(zod|@orpc/contract)/'] },
    },
    {
      name: 'sources import no test or script',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'everything resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['\\.css$', '^electron$'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.web.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
