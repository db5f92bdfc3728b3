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

/** The bundler starts every import and export on a line of its own, and gives dynamic imports a literal. */
function specifiers(source: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*["']([^"'\n]+)["']/gm,
    /^\s*import\s*["']([^"'\n]+)["']/gm,
    /\bimport\(\s*["'`]([^"'`\n]+)["'`]/g,
  ]
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].flatMap((match) => match[1] ?? []))
}
