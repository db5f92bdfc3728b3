import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { extractAll, listPackage } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPackagingConfig } from '../../scripts/packaging-check.ts'
import { closeBrowser, launchDouble } from './electron-double/host.ts'
import { gatewayClient, gatewayUrl } from './gateway-client.ts'

const root = join(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

describe('electron-builder.yml', () => {
  it('is valid', async () => {
    const config = await checkPackagingConfig(root, 'electron-builder.yml')
    expect(config).toMatchObject({
      appId: 'app.switchyard.desktop',
      linux: { target: ['AppImage', 'deb'] },
      mac: { target: 'dmg' },
      win: { target: 'nsis' },
    })
  })

  it('would be refused with a property that electron-builder does not know', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-config-'))
    try {
      await writeFile(join(folder, 'bad.yml'), 'appId: x\nfilez: []\n')
      await expect(checkPackagingConfig(folder, 'bad.yml')).rejects.toThrow(/filez/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

// The stand-in for Electron's distribution is Linux's; CI packs for real on the other systems.
describe.skipIf(process.platform !== 'linux')('the packed application, with a stand-in for Electron itself', () => {
  let folder: string
  let resources: string
  let files: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-packed-'))
    const electron = join(folder, 'electron')
    await makeElectronStandIn(electron)
    const cli = join(root, 'node_modules/electron-builder/cli.js')
    await promisify(execFile)(
      process.execPath,
      [
        cli,
        '--linux',
        'dir',
        '--publish',
        'never',
        `-c.electronDist=${electron}`,
        `-c.directories.output=${folder}/dist`,
      ],
      { cwd: root, maxBuffer: 16_000_000 },
    )
    const unpacked = (await readdir(join(folder, 'dist'))).find((name) => /^linux.*unpacked$/.test(name))
    resources = join(folder, 'dist', unpacked ?? '', 'resources')
    files = listPackage(join(resources, 'app.asar'), { isPack: false }).map((path) => path.replace(/^[\\/]/, ''))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await closeBrowser()
  })

  it('holds what it needs', async () => {
    const own = `${process.platform}-${process.arch}`
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'out/main/index.js',
        'out/main/serve.js',
        'out/main/llama-worker.js',
        'out/main/llama-trial.js',
        'out/main/storage-worker.js',
        'out/preload/index.cjs',
        'out/renderer/index.html',
        'node_modules/electron-store/index.js',
        'node_modules/node-llama-cpp/dist/index.js',
        `node_modules/better-sqlite3/prebuilds/${own}.node`,
        `node_modules/@node-llama-cpp/${own}/package.json`,
      ]),
    )
    expect(await readdir(join(resources, 'models'))).toContain('demo.gguf')
    expect((await readdir(join(resources, 'icons'))).sort()).toEqual([
      'icon.png',
      'tray.png',
      'trayTemplate.png',
      'trayTemplate@2x.png',
    ])
  })

  it('holds nothing foreign', () => {
    const packages = [...new Set(files.map(packageOf))].filter((name) => name !== null)
    const own = `${process.platform}-${process.arch}`
    const llamaPacks = packages.filter((name) => name.startsWith('@node-llama-cpp/'))
    expect(llamaPacks.sort()).toEqual(
      [`@node-llama-cpp/${own}`, `@node-llama-cpp/${own}-vulkan`].slice(0, llamaPacks.length),
    )
    const unwanted = [
      'electron',
      'electron-builder',
      'vite',
      'vitest',
      'typescript',
      'react',
      'playwright',
      'openai',
      'ollama',
    ]
    expect(packages.filter((name) => unwanted.includes(name) || /^node-(bin-)?(linux|win|darwin)-/.test(name))).toEqual(
      [],
    )
    expect(files.filter((file) => /^(src|tests|scripts|docs|resources|dist)(\/|$)/.test(file))).toEqual([])
    expect([...new Set(files.map((file) => file.split('/')[0]))].sort()).toEqual([
      'node_modules',
      'out',
      'package.json',
    ])
    expect(files.filter((file) => /\.(ts|mts|cts|tsx|map)$/.test(file))).toEqual([])
    const foreign = files.filter(
      (file) => /\.(dll|dylib|exe)$/.test(file) || (/\.node$/.test(file) && !file.includes(own)),
    )
    expect(foreign).toEqual([])
    expect(files.filter((file) => /gitRelease\.bundle|better-sqlite3\/(deps|src)\//.test(file))).toEqual([])
  })

  it('keeps native files outside the archive, where the system can open them', async () => {
    const outside = await readdir(join(resources, 'app.asar.unpacked'), { recursive: true })
    const native = files.filter((file) => /\.(node|so(\.\d+)*)$/.test(file))
    expect(native.length).toBeGreaterThan(1)
    expect(native.filter((file) => !outside.includes(file))).toEqual([])
  })

  it('has its fuses set', async () => {
    const { FuseV1Options, getCurrentFuseWire } = require('@electron/fuses')
    const wire = await getCurrentFuseWire(join(resources, '..', 'switchyard'))
    // The wire holds the digits themselves.
    const isOn = (fuse: number) => wire[fuse] === '1'.charCodeAt(0)
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      integrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: true,
      cookieEncryption: true,
      nodeOptions: false,
      inspect: false,
      integrity: true,
      onlyAsar: true,
      fileProtocol: false,
    })
  })

  it.skipIf(process.env.SWITCHYARD_SKIP_UI)('runs from what was packed alone, and answers', async () => {
    const app = join(folder, 'app')
    extractAll(join(resources, 'app.asar'), app)
    await cp(join(resources, 'models'), join(app, 'resources', 'models'), { recursive: true })
    const running = await launchDouble({ appFolder: app })
    try {
      const { page } = await running.window()
      await page.getByText(running.dataFolder).waitFor({ state: 'attached' })
      const client = gatewayClient(await gatewayUrl(running))
      const { id } = await client.chats.create({})
      const { answer } = await client.chats.send({ id, parentId: null, content: 'Hello there', modelId: 'demo' })
      let end: unknown = null
      for await (const event of await client.chats.watch({ answerId: answer.id })) {
        if (event.type === 'end') end = event.message
      }
      expect(end).toMatchObject({ status: 'complete', content: expect.stringMatching(/\w{3,}/) })
    } finally {
      await running.stop()
    }
  })
})

/** The package that a file of the archive belongs to; null if it is in none. */
function packageOf(file: string): string | null {
  const inside = file.split('node_modules/').at(-1)
  if (inside === undefined || inside === file) return null
  return inside
    .split('/')
    .slice(0, inside.startsWith('@') ? 2 : 1)
    .join('/')
}

/** A folder with the files that electron-builder expects of a Linux distribution, and a fuse wire it can set. */
async function makeElectronStandIn(folder: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true })
  await mkdir(join(folder, 'resources'))
  // Electron marks the place of its fuses with this text, then a version, their number, and one digit for each.
  const wire = Buffer.concat([
    Buffer.from('#!/bin/sh\n#dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('101100111'),
  ])
  await writeFile(join(folder, 'electron'), wire)
  const { version } = require('electron/package.json')
  await writeFile(join(folder, 'version'), version)
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) await writeFile(join(folder, name), '#!/bin/sh\n')
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) await writeFile(join(folder, name), '')
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) await chmod(join(folder, name), 0o755)
}
