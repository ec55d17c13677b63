/** test/others-tools/report-page.test.ts looks at it in a browser. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { markup, trusted } from '../../reports/html/markup.ts'
import { reportHtml } from '../../reports/html/page.ts'
import { hostileReports, plainReport } from './made-report.ts'

/** The elements that a report is made of, and their attributes. */
const ours: Record<string, string[]> = {
  '!doctype': ['html'],
  html: ['lang'],
  meta: ['charset', 'http-equiv', 'content', 'name'],
  a: ['href', 'rel'],
  svg: [
    'xmlns',
    'width',
    'height',
    'viewBox',
    'font-family',
    'font-size',
    'class',
    'preserveAspectRatio',
    'role',
    'aria-label',
  ],
  rect: ['x', 'y', 'width', 'height', 'rx', 'fill', 'class'],
  text: ['x', 'y', 'fill', 'font-size', 'font-weight'],
  details: ['class', 'id', 'open'],
  ...Object.fromEntries(
    [
      'head',
      'title',
      'style',
      'body',
      'header',
      'main',
      'section',
      'article',
      'h1',
      'h2',
      'h3',
      'p',
      'span',
      'code',
      'pre',
      'b',
      'br',
      'ul',
      'li',
      'table',
      'tr',
      'th',
      'td',
      'div',
      'summary',
    ].map((name) => [name, ['class', 'id']]),
  ),
}

/** Elements without an end. */
const single = new Set(['!doctype', 'meta', 'br'])

/** Every tag of a page with its attributes. @throws Error where one is not closed in its place */
function tagsOf(page: string): { name: string; attributes: [string, string][] }[] {
  const withoutStyle = page.replace(/<style>[^<]*<\/style>/, '')
  const open: string[] = []
  const tags: ReturnType<typeof tagsOf> = []
  for (const [whole, closes, name, rest] of withoutStyle.matchAll(/<(\/?)([!a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)) {
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`${whole} closes what is not open`)
      continue
    }
    if (!single.has(name!) && !rest!.endsWith('/')) open.push(name!)
    tags.push({
      name: name!,
      attributes: [...rest!.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key!, value ?? '']),
    })
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} are open at the end`)
  return tags
}

it('a page stands alone: no script, nothing from elsewhere, and a policy that forbids both', () => {
  const page = reportHtml(plainReport('nightly'))
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(page).toContain(
    `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
  )
  expect(page).not.toMatch(/<script|<link|<iframe|<img|src=|url\(|@import| style="| on\w+=/i)
})

it('each cell and each attempt has an anchor of its own, and the table leads to each cell', () => {
  const report = plainReport('nightly')
  const tags = tagsOf(reportHtml(report))
  const ids = tags.flatMap(({ attributes }) => attributes.flatMap(([key, value]) => (key === 'id' ? [value] : [])))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => id.startsWith('cell-'))).toEqual(report.cells.map(({ result }) => `cell-${result}`))
  expect(ids.filter((id) => id.startsWith('attempt-'))).toEqual(
    report.cells.flatMap(({ attempts }) => attempts.map(({ id }) => `attempt-${id}`)),
  )
  const links = tags.flatMap(({ name, attributes }) => (name === 'a' ? [attributes[0]![1]] : []))
  expect(links.filter((link) => !link.startsWith('#') || !ids.includes(link.slice(1)))).toEqual([])
  for (const { result } of report.cells) expect(links).toContain(`#cell-${result}`)
})

it('a cause has its consequences below it, and what is as it should be is folded', () => {
  const page = reportHtml(plainReport())
  const first = page.slice(page.indexOf('id="cell-12.1"'), page.indexOf('id="cell-12.2"'))
  expect(first.indexOf('>order.ffa-before-kvm<')).toBeLessThan(first.indexOf('From that follows'))
  expect(first.indexOf('From that follows')).toBeLessThan(first.indexOf('>ffa.usable<'))
  expect(first).toContain('<b>&gt; uart0:2  [    0.536521] calling  ffa_init+0x0/0x708 @ 1</b>')
  expect(first).toContain('id="attempt-12.1.1" open>')
  expect(page).toContain('id="attempt-12.2.2">')
})

it('a link that somebody wrote leads to a page or is no link', () => {
  const report = plainReport('nightly')
  const group = { ...report.story!.groups[0]!, standing: 'known' as const }
  const issue = (link: string) => ({
    finding: 'x',
    facts: {},
    cells: {},
    reason: 'r',
    owner: 'o',
    at: 'known.yaml:1',
    link,
  })
  const page = (link: string) =>
    reportHtml({ ...report, story: { ...report.story!, groups: [{ ...group, issue: issue(link) }] } })
  expect(page('https://lists.example.org/x?a=1&b=2')).toContain('<a href="https://lists.example.org/x?a=1&amp;b=2"')
  expect(page('javascript:alert(1)')).not.toContain('href="javascript')
})

it('a template escapes all but markup', () => {
  expect(String(markup`<p class="${'"a'}">${'<b>'}${['&', trusted('<i>')]}${undefined}${7}</p>`)).toBe(
    '<p class="&quot;a">&lt;b&gt;&amp;<i>7</p>',
  )
})

it('whatever was said, the page is made of our own elements, closed in their places, with no cell lost', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      const tags = tagsOf(reportHtml(report))
      const foreign = tags.filter(
        ({ name, attributes }) => !ours[name] || attributes.some(([key]) => !ours[name]!.includes(key)),
      )
      expect(foreign).toEqual([])
      const cells = tags.filter(({ name }) => name === 'article').length
      expect(cells).toBe(report.cells.length)
      const attempts = tags.filter(({ attributes }) => attributes.some(([, value]) => value === 'attempt')).length
      expect(attempts).toBe(report.cells.reduce((sum, cell) => sum + cell.attempts.length, 0))
    }),
    { numRuns: 30 },
  )
})
