import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findingIds } from '../../domain/probes/registry.ts'
import { pageText } from '../docs/markdown.ts'

const hyplab = join(import.meta.dirname, '../../bin/hyplab')

function findings(...args: string[]): string {
  return spawnSync(hyplab, ['findings', ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } }).stdout
}

it('prints one line for each finding, in the order in which they are judged', () => {
  const [head, ...lines] = findings().trimEnd().split('\n')
  expect(head).toMatch(/^finding +what it asks +outcomes$/)
  expect(lines.map((line) => line.split(' ')[0])).toEqual(findingIds())
})

it('prints them as data, each with a section that the documentation has', () => {
  const document = JSON.parse(findings('--json')) as { findings: { id: string; section: string }[] }
  expect(document.findings.map(({ id }) => id)).toEqual(findingIds())
  const headings = [...pageText('docs/findings.md').matchAll(/^## (?<id>\S+)$/gm)].map(({ groups }) => groups!['id']!)
  const anchors = headings.map((heading) => `docs/findings.md#${heading.replaceAll('.', '')}`)
  expect(document.findings.map(({ section }) => section)).toEqual(anchors)
})
