// Plain JavaScript on purpose: an old Node must reach the version check before it meets TypeScript or a native module.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Switchyard needs Node 22.19 or newer; this is Node ${process.versions.node} (${process.execPath}). ` +
      'On Linux and Windows `npm ci` brings a fitting one that npm scripts use; run `npm ci` without --omit=optional, or install Node 24.',
  )
  process.exit(1)
}
// The task is not one of its own arguments.
const [task] = process.argv.splice(2, 1)
await import(`./${task}.ts`)
