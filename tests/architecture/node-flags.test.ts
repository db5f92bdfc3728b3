import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
  scripts: Record<'start' | 'serve', string>
}
const flagsOf = (script: string): string[] => script.split(' ').filter((word) => word.startsWith('--'))

// Without the second, V8 takes what is made with each request for something that stays, every third start or so: 7 kB of
// each request then wait for a full collection, scavenges take five times as long, and memory grows by half. The third
// keeps the old heap from growing to three times what lives before anything is collected.
test('the server runs with the heap flags that were measured, however it is started', () => {
  expect(flagsOf(scripts.serve)).toEqual([
    '--max-semi-space-size=16',
    '--no-allocation-site-pretenuring',
    '--heap-growing-percent=60',
  ])
  expect(flagsOf(scripts.start)).toEqual(flagsOf(scripts.serve))
  const { status, stderr } = spawnSync(process.execPath, [...flagsOf(scripts.serve), '-e', ''], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
})
