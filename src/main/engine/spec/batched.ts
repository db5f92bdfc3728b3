/**
 * Items in the batches in which they came: what one read of the network brought is one batch. Who wants them one by one
 * iterates; who passes them on takes the batches, since each wait for a promise, in each layer, costs as much as the work
 * for an item. To be read once, one way or the other.
 */
export class Batched<Item> implements AsyncIterable<Item> {
  readonly batches: AsyncIterableIterator<readonly Item[]>

  constructor(batches: AsyncIterableIterator<readonly Item[]>) {
    this.batches = batches
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const batch of this.batches) for (const item of batch) yield item
  }
}

/** The batches of what has any; else each item is one. */
export function batchesOf<Item>(items: AsyncIterable<Item>): AsyncIterableIterator<readonly Item[]> {
  return items instanceof Batched ? (items as Batched<Item>).batches : oneByOne(items)
}

async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[], void, undefined> {
  for await (const item of items) yield [item]
}
