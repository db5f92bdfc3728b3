import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Every package that a built ES module reaches by import, itself or through the chunks beside it. Sorted. */
export function importsOf(entry: string): string[] {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const open = [entry]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const name of specifiers(readFileSync(file, 'utf8'))) {
      if (name.startsWith('.')) open.push(join(dirname(file), name))
      else packages.add(name)
    }
  }
  return [...packages].sort()
}

/** The bundler writes static imports one a line, and dynamic ones with a literal. */
function specifiers(source: string): string[] {
  const statics = source.matchAll(/^\s*(?:import|export)\b[^;'"]*?["']([^"'\n]+)["']/gm)
  const dynamics = source.matchAll(/\bimport\(\s*["'`]([^"'`\n]+)["'`]/g)
  return [...statics, ...dynamics].flatMap((match) => (match[1] === undefined ? [] : [match[1]]))
}
