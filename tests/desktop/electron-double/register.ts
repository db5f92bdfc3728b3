import { registerHooks } from 'node:module'

// Loaded with --import into the main process's stand-in: `electron` means the double, also for electron-store.
const doubleUrl = new URL('./api/index.ts', import.meta.url).href
const shimUrl = 'electron-double:shim'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: shimUrl, format: 'module', shortCircuit: true }
    return next(specifier, context)
  },
  load(url, context, next) {
    if (url !== shimUrl) return next(url, context)
    // Electron's module has named exports and itself as the default one.
    const source = `export * from ${JSON.stringify(doubleUrl)}\nimport * as all from ${JSON.stringify(doubleUrl)}\nexport default all\n`
    return { format: 'module', source, shortCircuit: true }
  },
})
