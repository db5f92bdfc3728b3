import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main')
/** Where code runs for each request. */
const FOLDERS = [
  'gateway',
  'engine/access',
  'engine/http',
  'engine/logging',
  'engine/pipeline',
  'engine/providers',
  'engine/wire',
]

/** Tables of handlers, which do stay. */
const MADE_ONCE = ['open-webui/route-table.ts']

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(MAIN, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !MADE_ONCE.includes(path))
    .map((path) => join(folder, path)),
)

/** Where a function is written as the value of an assignment to a property: `request.cancel = () => ...`. */
function functionsAssigned(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isAssignment(node) && isProperty(node.left) && isFunction(node.right)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${path}:${line + 1} ${node.left.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
}

function isProperty(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)
}

function isFunction(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isFunction(node.expression)
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node)
}

// V8 takes a function that is assigned to a property for one that stays, and makes it old at once: with all that it
// sees, each request then lives until the next full collection. Through a name of its own it is a function like others.
describe('code that runs for each request', () => {
  it('is found', () => {
    expect(files.length).toBeGreaterThan(150)
    const sample =
      'a.b = () => 1; this.#c ??= function () {}; const d = () => a; a.e = d; f = () => 2; a.g = h(() => 3)'
    expect(functionsAssigned('sample.ts', sample)).toHaveLength(2)
  })

  it('assigns no function to a property', () => {
    expect(files.flatMap((path) => functionsAssigned(path, readFileSync(join(MAIN, path), 'utf8')))).toEqual([])
  })
})
