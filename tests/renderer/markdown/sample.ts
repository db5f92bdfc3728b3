/** Every kind of block, and the places where they meet. */
export const SAMPLE = `# Title

Para one with **bold** and
lazy line

- a
- b

  c para
- d
  - nested
    \`\`\`js
    x=1

    y
    \`\`\`
1. one

2. two
10. ten

Setext
===

> quote
lazy
> - list in quote
>
> more

\`\`\`ts title="a.ts"
const a = 1

\`\`\` not close
  indented
\`\`\`

~~~
tilde
~~~
after fence
\`\`\`
\`\`\`

| a | b |
|---|:-:|
| 1 | 2 |
| x

text [ref] and [constructor]

    indented code

    more

end ~a~ 20~25 <b>x</b> <script>alert(1)</script>
---
***
- [ ] task
- [x] done

  loose

[ref]: https://example.com "t"

<div>
html

more
</div>\r\n\r\ncrlf\r\nline
   \`\`\`py
   a
     b
   \`\`\`
* * *
+ plus



1) x
2) y

tail with \`code`

/** Pieces whose random sequences meet in ways no person would write. */
export const FRAGMENTS = [
  '- a\n',
  '  b\n',
  '\n',
  '> q\n',
  '```js\n',
  '```\n',
  'x\n',
  '    c\n',
  '1. n\n',
  '| a | b |\n',
  '|---|---|\n',
  '# h\n',
  '===\n',
  '---\n',
  '[r]: http://x.y\n',
  'text **b** [r]\n',
  '~~~\n',
  '<div>\n',
  '\t\tz\n',
  '* s\n',
  '  - n\n',
  '2',
  '- ',
  '`',
  '\r\n',
  ' ',
  '   ```\n',
  '>',
  '+ p\n',
  '"t"\n',
]
