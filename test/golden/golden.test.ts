import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFiles } from '../../cli/inspect-files.ts'
import { inspect } from '../../domain/inspect/inspect.ts'
import { inspectSchema } from '../../domain/inspect/report-schema.ts'
import { goldenText, parseGolden, type GoldenFile } from './golden-file.ts'
import { tellReport } from './tell-report.ts'

const here = import.meta.dirname
const cases = readdirSync(here).filter((name) => name.endsWith('.golden'))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hyplab-golden-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the command says of the files, as if it were called in their folder. */
async function said({ files, also }: GoldenFile): Promise<string> {
  const paths = files.map(({ name }) => join(folder, name))
  for (const [n, { bytes }] of files.entries()) writeFileSync(paths[n]!, bytes)
  const read = await readFiles(paths, new Map())
  const report = inspectSchema.parse(inspect(read.logs, read.measurements, read.files))
  return tellReport(report, also).replaceAll(`${folder}/`, '')
}

describe('of a log that is kept with what must come out of it', () => {
  it.each(cases)('%s: it still does', async (name) => {
    const path = join(here, name)
    const golden = parseGolden(readFileSync(path, 'utf8'), readFileSync)
    // Compared exactly; `vitest -u` writes what comes out now.
    await expect(goldenText(golden, await said(golden))).toMatchFileSnapshot(path)
  })
})

describe('a golden file', () => {
  const parse = (text: string): GoldenFile => parseGolden(text, (path) => Buffer.from(`<${path}>`))

  it('has files as they are, escaped, or from the fixtures', () => {
    const { files, also, head } = parse(
      'Why.\nalso: a.b c.*\n%%% a\n%%%x\n\\r\n%%% b escaped\n\\e\\x41\\\\r\\r\nc\\\n%%% c from d/e\n%%% expected\nx\n',
    )
    expect(files.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
      ['a', '%%%x\n\\r\n'],
      ['b', '\x1bA\\r\r\nc'],
      ['c', `<${join(here, '../fixtures/d/e')}>`],
    ])
    expect(['a.b', 'axb', 'c.d'].map((id) => also.some((pattern) => pattern.test(id)))).toEqual([true, false, true])
    expect(goldenText({ files, also, head }, 'y\n')).toMatch(/from d\/e\n%%% expected\ny\n$/)
  })

  it.each([
    ['%%% a\nx\n', 'why the case is kept'],
    ['Why.\n', 'There is no file in it'],
    ['Why.\n%%% a with b\nx\n', 'A file begins with'],
    ['Why.\n%%% a from b\nx\n', 'A file begins with'],
  ])('is refused where it is none: %j', (text, sentence) => {
    expect(() => parse(text)).toThrow(sentence)
  })
})
