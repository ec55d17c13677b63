import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout. */
export const root = join(import.meta.dirname, '../..')

/** A fenced block of a page. */
export interface Block {
  /** e.g. `docs/plans.md`. */
  page: string
  /** The line of its opening fence. */
  line: number
  /** What stands behind the opening fence, e.g. `sh`. */
  language: string
  text: string
}

/** README.md first, then docs/ by name: in this order their commands are run. */
export const pages: string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
]

export function pageText(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [index, line] of pageText(page).split('\n').entries()) {
    const fence = /^```(?<language>.*)$/.exec(line)
    if (open && fence) {
      blocks.push(open)
      open = undefined
    } else if (fence) open = { page, line: index + 1, language: fence.groups!['language']!, text: '' }
    else if (open) open.text += `${line}\n`
  }
  if (open) throw new Error(`${page}:${open.line}: the block is never closed`)
  return blocks
}

/** What stands between single backquotes outside of blocks; a line break in it counts as a blank. */
export function inlineCode(page: string): string[] {
  const prose = pageText(page).replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/`(?<code>[^`]+)`/g)].map(({ groups }) => groups!['code']!.replaceAll(/\s+/g, ' '))
}
