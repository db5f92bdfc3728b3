import type { Links } from 'marked'
import { memo, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { inOwnFrame } from '../page/frame-turns.ts'
import type { Block } from './block.ts'
import { BlockView } from './block-view.tsx'
import type { MarkdownView } from './markdown-stream.ts'

/** Blocks per group: a settled group is skipped with one comparison however long the answer grows. */
const GROUP = 8
/** Groups per part: a part that has settled costs React one comparison, and the browser one look instead of one for each group. */
const PART = 8
/** Answers of fewer groups are laid out whole. */
const LONG = 4

/** Rendered markdown. A block keeps its place in the tree when it settles, so its DOM is never replaced. */
export function MarkdownBody({ view, live }: { view: MarkdownView; live: boolean }) {
  const { blocks, links } = view
  const size = GROUP * PART
  const liveFrom = live ? view.settled : blocks.length
  return (
    <div className="md">
      {slices(blocks, size).map((part, index) => (
        <Part
          key={part.start}
          blocks={part.blocks}
          links={links}
          liveFrom={liveFrom - part.start}
          writing={live}
          last={(index + 1) * size >= blocks.length}
          long={blocks.length > GROUP * (LONG - 1)}
        />
      ))}
    </div>
  )
}

function slices(blocks: readonly Block[], size: number): { start: number; blocks: readonly Block[] }[] {
  const found: { start: number; blocks: readonly Block[] }[] = []
  for (let start = 0; start < blocks.length; start += size) {
    found.push({ start, blocks: blocks.slice(start, start + size) })
  }
  return found
}

const Part = memo(function Part({ blocks, links, liveFrom, writing, last, long }: GroupProps) {
  const rest = useRest(long && !last && liveFrom >= blocks.length)
  return (
    <div className={rest ? 'md-part rest' : 'md-part'}>
      {slices(blocks, GROUP).map((group) => (
        <BlockGroup
          key={group.start}
          blocks={group.blocks}
          links={links}
          liveFrom={liveFrom - group.start}
          writing={writing}
          last={last && group.start + GROUP >= blocks.length}
          long={long}
        />
      ))}
    </div>
  )
}, sameBlocks)

interface GroupProps {
  blocks: readonly Block[]
  links: Links
  /** Blocks from this position on may still change. */
  liveFrom: number
  /** More text comes. */
  writing: boolean
  last: boolean
  long: boolean
}

const BlockGroup = memo(function BlockGroup({ blocks, links, liveFrom, writing, last, long }: GroupProps) {
  const rest = useRest(long && !last && liveFrom >= blocks.length)
  return (
    <div className={rest ? 'blocks rest' : 'blocks'}>
      {blocks.map((block, index) => (
        <BlockView
          // biome-ignore lint/suspicious/noArrayIndexKey: a block's position is its identity while text only grows
          key={index}
          block={block}
          links={links}
          live={index >= liveFrom}
          end={writing && last && index === blocks.length - 1}
        />
      ))}
    </div>
  )
}, sameBlocks)

function settledOf({ liveFrom, blocks }: GroupProps): number {
  return Math.max(0, Math.min(liveFrom, blocks.length))
}

/** Whether the same would be drawn. */
function sameBlocks(before: GroupProps, after: GroupProps): boolean {
  return (
    before.links === after.links &&
    before.last === after.last &&
    (!after.last || before.writing === after.writing) &&
    before.long === after.long &&
    settledOf(before) === settledOf(after) &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => block === after.blocks[index])
  )
}

/**
 * True once a settled group has been drawn: from then on the browser may skip it while it is out of sight. It must be
 * laid out once before, so that the browser knows its true height and nothing moves under the reader. Letting go of it costs
 * as much as new words do, so it has a frame of its own.
 */
function useRest(settled: boolean): boolean {
  const [rest, setRest] = useState(false)
  useEffect(() => {
    if (!settled) {
      setRest(false)
      return
    }
    let cancel: (() => void) | null = null
    const frame = requestAnimationFrame(() => {
      cancel = inOwnFrame(() => flushSync(() => setRest(true)))
    })
    return () => {
      cancelAnimationFrame(frame)
      cancel?.()
    }
  }, [settled])
  return rest
}
