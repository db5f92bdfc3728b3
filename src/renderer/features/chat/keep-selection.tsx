import { Component, createRef, type ReactNode } from 'react'

interface Point {
  block: Node
  offset: number
}

interface Saved {
  anchor: Point
  focus: Point
}

/**
 * Keeps what the person has selected while the text below it grows. Replacing a text node's data collapses the ranges
 * inside it, so the ends are noted before React writes and set again after it.
 */
export class KeepSelection extends Component<{ active: boolean; children: ReactNode }> {
  private readonly root = createRef<HTMLDivElement>()

  override getSnapshotBeforeUpdate(): Saved | null {
    const root = this.root.current
    const selection = this.props.active ? document.getSelection() : null
    if (root === null || selection === null || selection.isCollapsed) return null
    const { anchorNode, focusNode, anchorOffset, focusOffset } = selection
    if (anchorNode === null || focusNode === null) return null
    if (!root.contains(anchorNode) && !root.contains(focusNode)) return null
    return { anchor: locate(root, anchorNode, anchorOffset), focus: locate(root, focusNode, focusOffset) }
  }

  override componentDidUpdate(_props: unknown, _state: unknown, saved: Saved | null): void {
    const selection = document.getSelection()
    if (saved === null || selection === null) return
    const anchor = resolve(saved.anchor)
    const focus = resolve(saved.focus)
    if (anchor === null || focus === null) return
    const same =
      selection.anchorNode === anchor.node &&
      selection.anchorOffset === anchor.offset &&
      selection.focusNode === focus.node &&
      selection.focusOffset === focus.offset
    if (!same) selection.setBaseAndExtent(anchor.node, anchor.offset, focus.node, focus.offset)
  }

  override render(): ReactNode {
    return <div ref={this.root}>{this.props.children}</div>
  }
}

/** A point as its block of the answer and the characters before it; outside the answer, as it is. */
function locate(root: HTMLElement, node: Node, offset: number): Point {
  let block: Node | null = node
  while (block !== null && !isBlock(block.parentNode)) block = block.parentNode
  if (block === null || !root.contains(block)) return { block: node, offset: -1 - offset }
  const range = document.createRange()
  range.setStart(block, 0)
  range.setEnd(node, offset)
  return { block, offset: range.toString().length }
}

function isBlock(node: Node | null): boolean {
  return node instanceof HTMLElement && node.classList.contains('blocks')
}

function resolve({ block, offset }: Point): { node: Node; offset: number } | null {
  if (offset < 0) return block.isConnected ? { node: block, offset: -1 - offset } : null
  if (!block.isConnected) return null
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
  let left = offset
  let last: Node | null = null
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0
    if (left <= length) return { node, offset: left }
    left -= length
    last = node
  }
  return last === null ? null : { node: last, offset: last.nodeValue?.length ?? 0 }
}
