import type { Links } from 'marked'
import { memo, useEffect, useState } from 'react'
import type { Block } from './block.ts'
import { BlockView } from './block-view.tsx'
import type { MarkdownView } from './markdown-stream.ts'

/** Blocks per group: a settled group is skipped with one comparison however long the answer grows. */
const GROUP = 8
/** Answers of fewer groups are laid out whole. */
const LONG = 4

/** Rendered markdown. A block keeps its place in the tree when it settles, so its DOM is never replaced. */
export function MarkdownBody({ view, live }: { view: MarkdownView; live: boolean }) {
  const groups: { start: number; blocks: readonly Block[] }[] = []
  for (let start = 0; start < view.blocks.length; start += GROUP) {
    groups.push({ start, blocks: view.blocks.slice(start, start + GROUP) })
  }
  return (
    <div className="md">
      {groups.map((group, index) => (
        <BlockGroup
          key={group.start}
          blocks={group.blocks}
          links={view.links}
          liveFrom={live ? view.settled - group.start : GROUP}
          last={index === groups.length - 1}
          long={groups.length >= LONG}
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
  last: boolean
  long: boolean
}

const BlockGroup = memo(
  function BlockGroup({ blocks, links, liveFrom, last, long }: GroupProps) {
    const rest = useRest(long && !last && liveFrom >= blocks.length)
    return (
      <div className={rest ? 'blocks rest' : 'blocks'}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block's position is its identity while text only grows
          <BlockView key={index} block={block} links={links} live={index >= liveFrom} />
        ))}
      </div>
    )
  },
  (before, after) =>
    before.links === after.links &&
    before.last === after.last &&
    before.long === after.long &&
    before.liveFrom >= before.blocks.length === after.liveFrom >= after.blocks.length &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => block === after.blocks[index]),
)

/**
 * True once a settled group has been drawn: from then on the browser may skip it while it is out of sight. It must be
 * laid out once before, so that the browser knows its true height and nothing moves under the reader.
 */
function useRest(settled: boolean): boolean {
  const [rest, setRest] = useState(false)
  useEffect(() => {
    if (!settled) {
      setRest(false)
      return
    }
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setRest(true))
    })
    return () => cancelAnimationFrame(frame)
  }, [settled])
  return rest
}
