import { Circle, CircleCheck } from 'lucide-react'
import type { Links, Token, Tokens } from 'marked'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Block } from './block.ts'
import { CodeView } from './code-view.tsx'
import { Inline } from './inline.tsx'

const MAX_DEPTH = 16

/** One block. Drawn again only when its source changes. */
export const BlockView = memo(
  function BlockView({ block, links, live, end }: { block: Block; links: Links; live: boolean; end: boolean }) {
    if (block.kind === 'code') return <CodeView block={block} live={live} end={end} />
    return <TokenView token={block.token} links={links} depth={0} end={end} />
  },
  (before, after) => {
    if (before.end !== after.end) return false
    if (before.block === after.block) return before.links === after.links && before.live === after.live
    const old = before.block
    const now = after.block
    return old.kind === 'markdown' && now.kind === 'markdown' && old.raw === now.raw && before.links === after.links
  },
)

interface TokenProps {
  token: Token
  links: Links
  depth: number
  /** The text being written ends in it. */
  end: boolean
}

function TokenView({ token, links, depth, end }: TokenProps): ReactNode {
  if (depth > MAX_DEPTH) return <p>{token.raw}</p>
  // The lexer's union is open to extensions; ours has none, so the type names the shape.
  const known = token as Tokens.Heading | Tokens.Blockquote | Tokens.List | Tokens.Table | Tokens.Hr | Tokens.Code
  switch (known.type) {
    case 'heading': {
      const Heading = known.depth <= 2 ? 'h4' : known.depth === 3 ? 'h5' : 'h6'
      return (
        <Heading className={endMark(end)}>
          <Inline text={known.text} links={links} owner={known} />
        </Heading>
      )
    }
    case 'blockquote':
      return <blockquote>{tokenViews(known.tokens, links, depth + 1, end)}</blockquote>
    case 'list':
      return <ListView list={known} links={links} depth={depth} end={end} />
    case 'table':
      return <TableView table={known} links={links} />
    case 'hr':
      return <hr />
    case 'code':
      return (
        <CodeView
          block={{ kind: 'code', info: known.lang ?? '', lines: known.text.split('\n'), partial: '', closed: true }}
          live={false}
          end={end}
        />
      )
    default:
      return (
        <p className={endMark(end)}>
          <Inline text={leafText(token)} links={links} owner={token} />
        </p>
      )
  }
}

/** Where the caret of a live answer stands (chat.css). Told here: as a selector it would cost style work at every new block. */
function endMark(end: boolean): string | undefined {
  return end ? 'writing-end' : undefined
}

function tokenViews(tokens: readonly Token[], links: Links, depth: number, end: boolean): ReactNode[] {
  return tokens
    .filter((token) => token.type !== 'space' && token.type !== 'def' && token.type !== 'checkbox')
    .map((token, index, shown) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a block's place in its parent is its identity
      <TokenView key={index} token={token} links={links} depth={depth} end={end && index === shown.length - 1} />
    ))
}

function ListView({ list, links, depth, end }: { list: Tokens.List; links: Links; depth: number; end: boolean }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an item's place in its list is its identity
    <ItemView key={index} item={item} links={links} depth={depth} end={end && index === list.items.length - 1} />
  ))
  if (!list.ordered) return <ul>{items}</ul>
  const start = typeof list.start === 'number' && list.start !== 1 ? list.start : undefined
  return <ol {...(start === undefined ? {} : { start })}>{items}</ol>
}

/** A list item: its first text stands beside the marker, blocks below it keep their distance. */
const ItemView = memo(
  function ItemView({ item, links, depth, end }: { item: Tokens.ListItem; links: Links; depth: number; end: boolean }) {
    const shown = item.tokens.filter((token) => token.type !== 'space' && token.type !== 'checkbox')
    const [first, ...rest] = shown
    const leads = first !== undefined && (first.type === 'text' || first.type === 'paragraph')
    // The caret stands at the end of the innermost last item.
    const nested = shown.at(-1)?.type === 'list'
    const names = [item.task ? 'task' : '', end && !nested ? 'writing-end' : ''].filter((name) => name !== '')
    return (
      <li className={names.length === 0 ? undefined : names.join(' ')}>
        {item.task ? <TaskMark done={item.checked === true} /> : null}
        {leads ? <Inline text={itemText(first, item.task)} links={links} owner={first} /> : null}
        {tokenViews(leads ? rest : item.tokens, links, depth + 1, end && nested)}
      </li>
    )
  },
  (before, after) =>
    before.links === after.links &&
    before.end === after.end &&
    before.item.raw.trimEnd() === after.item.raw.trimEnd() &&
    before.item.task === after.item.task,
)

/** A ring or a tick: small squares mean places. */
function TaskMark({ done }: { done: boolean }) {
  const { t } = useTranslation('chat')
  const Icon = done ? CircleCheck : Circle
  return <Icon size={14} strokeWidth={1.75} role="img" aria-label={done ? t('markdown.done') : t('markdown.open')} />
}

function TableView({ table, links }: { table: Tokens.Table; links: Links }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <figure className="tablewrap" tabIndex={0} aria-label={table.header.map((cell) => cell.text).join(', ')}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
              <th key={index} scope="col" className={alignment(cell)}>
                <Inline text={cell.text} links={links} owner={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
            <RowView key={index} row={row} links={links} />
          ))}
        </tbody>
      </table>
    </figure>
  )
}

const RowView = memo(
  function RowView({ row, links }: { row: Tokens.TableCell[]; links: Links }) {
    return (
      <tr>
        {row.map((cell, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
          <td key={index} className={alignment(cell)}>
            <Inline text={cell.text} links={links} owner={cell} />
          </td>
        ))}
      </tr>
    )
  },
  (before, after) =>
    before.links === after.links &&
    before.row.length === after.row.length &&
    before.row.every((cell, index) => cell.text === after.row[index]?.text && cell.align === after.row[index]?.align),
)

/** Figures stand right and in mono, as the column says. */
function alignment(cell: Tokens.TableCell): string | undefined {
  return cell.align === 'right' ? 'n' : cell.align === 'center' ? 'mid' : undefined
}

function leafText(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw
}

/** A loose task's text still carries its box. */
function itemText(token: Token, task: boolean): string {
  const text = leafText(token)
  return task ? text.replace(/^\[[ xX]\] +/, '') : text
}
