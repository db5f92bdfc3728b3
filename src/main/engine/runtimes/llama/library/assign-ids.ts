/**
 * Model ids by path. The first file of a name gets the name, the next `name-2`, `name-3` and so on. A path keeps its
 * id as long as the app runs; at start the order is data folder, environment folders, added ones, each by path, so the
 * same set of files gets the same ids. Reserved ids (the built-in models) are never given away.
 */
export class IdBook {
  readonly #byPath = new Map<string, string>()
  readonly #taken: Set<string>

  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved)
  }

  idFor(path: string, name: string): string {
    const known = this.#byPath.get(path)
    if (known !== undefined) return known
    let id = name
    for (let number = 2; this.#taken.has(id); number += 1) id = `${name}-${number}`
    this.#taken.add(id)
    this.#byPath.set(path, id)
    return id
  }

  release(path: string): void {
    const id = this.#byPath.get(path)
    if (id === undefined) return
    this.#byPath.delete(path)
    this.#taken.delete(id)
  }
}
