import type { Links } from 'marked'
import { memo } from 'react'
import type { Block } from './block.ts'
import { BlockView } from './block-view.tsx'
import type { MarkdownView } from './markdown-stream.ts'

/** Blocks per group: a settled group is skipped with one comparison however long the answer grows. */
const GROUP = 32

/** Rendered markdown. A block keeps its place in the tree when it settles, so its DOM is never replaced. */
export function MarkdownBody({ view, live }: { view: MarkdownView; live: boolean }) {
  const groups: { start: number; blocks: readonly Block[] }[] = []
  for (let start = 0; start < view.blocks.length; start += GROUP) {
    groups.push({ start, blocks: view.blocks.slice(start, start + GROUP) })
  }
  return (
    <div className="md">
      {groups.map((group) => (
        <BlockGroup
          key={group.start}
          blocks={group.blocks}
          links={view.links}
          liveFrom={live ? view.settled - group.start : GROUP}
        />
      ))}
    </div>
  )
}

interface GroupProps {
  blocks: readonly Block[]
  links: Links
  /** Blocks from this position on may still change. */
  liveFrom: number
}

const BlockGroup = memo(
  function BlockGroup({ blocks, links, liveFrom }: GroupProps) {
    return blocks.map((block, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a block's position is its identity while text only grows
      <BlockView key={index} block={block} links={links} live={index >= liveFrom} />
    ))
  },
  (before, after) =>
    before.links === after.links &&
    before.liveFrom >= before.blocks.length === after.liveFrom >= after.blocks.length &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => block === after.blocks[index]),
)
