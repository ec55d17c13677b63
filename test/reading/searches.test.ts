/** What a search is about and over what it goes, from stored results. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Cell } from '../../domain/cell.ts'
import { bisectRange } from '../../reading/bisect-range.ts'
import { variantsOf } from '../../reading/rerun-variants.ts'
import { subjectOf } from '../../reading/search-subject.ts'
import { sha256 } from '../../host/sha256.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { putBuild } from '../../store/builds.ts'
import { judgeCell, setCellBuilds } from '../../store/cells.ts'
import { createRun } from '../../store/runs.ts'
import { type Store } from '../../store/store.ts'
import { noon, sampleCell, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { useStore } from '../store/use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

const context = () => ({
  folders: { state: store.folder, cache: join(store.folder, 'cache') },
  signal: new AbortController().signal,
  progress: () => {},
})

interface Kept {
  /** Whether the finding failed, an attempt each. */
  fails: boolean[]
  cell?: Partial<Cell>
  /** Names of patches, each of which is a file of its own. */
  patches?: string[]
  symbols?: Record<string, string>
  source?: string
  place?: string
}

/** Keeps a run of one cell. @returns its number */
async function keep({
  fails,
  cell,
  patches = [],
  symbols = {},
  source = 'sha256:a',
  place = 'qemu-1',
}: Kept): Promise<number> {
  const paths = patches.map((name) => join(store.folder, name))
  for (const path of paths) await writeFile(path, path)
  const sample = sampleCell('protected')
  const made: Cell = { ...sample, ...cell, kernel: { ...sample.kernel, ...cell?.kernel, patches: paths } }
  const run = await createRun(store, { ...sampleRun(0), cells: [made] })
  const inputs = { source, patches: paths.map((path) => sha256(path)), base: 'allnoconfig', symbols }
  const kernel = `kernel-${sha256(JSON.stringify(inputs)).slice(0, 8)}`
  const about = {
    name: 'linux',
    outcome: 'ok' as const,
    fault: null,
    log: null,
    started: noon,
    seconds: 1,
    products: [],
  }
  await putBuild(store, { id: kernel, kind: 'kernel', inputs, ...about })
  await setCellBuilds(store, run, 1, { kernel, firmware: 'firmware' })
  for (const [index, failed] of fails.entries()) {
    const key = { run, cell: 1, number: index + 1 }
    const outcome = failed ? ('fail' as const) : ('pass' as const)
    const finding = { id: 'ffa.usable', outcome, sentence: 'So it is.', evidence: [], facts: {} }
    const start = { ...sampleStart(key), place, fence: run * 10 + index }
    await startAttempt(store, start)
    await finishAttempt(store, start, { ...(await sampleEnd(store, 0)), findings: [finding] })
  }
  return run
}

const subject = (run: number, finding = 'ffa.usable') => subjectOf(store, run, 1, finding)
const range = async (run: number, named = {}) => await bisectRange(store, await subject(run), named, context())

describe('what a search is about', () => {
  it('is a finding that says something, of most attempts', async () => {
    const run = await keep({ fails: [true, true, false] })
    expect(await subject(run)).toMatchObject({ of: `${run}.1`, finding: 'ffa.usable', fails: true })
    expect(await subject(run, 'boot.end')).toMatchObject({ fails: false })
    await expect(subject(run, 'ffa.useable')).rejects.toMatchObject({
      code: 'BadInput',
      message: `${run}.1 has no finding "ffa.useable": did you mean ffa.usable?`,
    })
    await expect(subjectOf(store, run, 1)).rejects.toMatchObject({ message: expect.stringContaining('--finding') })
  })
})

it('what a cell with a known bug is searched for is what fails in it, whatever else its verdict rests on', async () => {
  const run = await keep({ fails: [true] })
  const rests = ['boot.end', 'ffa.usable'].map((finding) => ({ attempt: 1, finding }))
  await judgeCell(store, run, 1, { verdict: 'known-fail', sentence: 'The known bug is there.', because: rests })
  expect(await subjectOf(store, run, 1)).toMatchObject({ finding: 'ffa.usable', fails: true })
})

describe('the range of a bisection', () => {
  it('is what came to the series since the last good result', async () => {
    await keep({ fails: [false], patches: ['a'] })
    await keep({ fails: [false, true], patches: ['a', 'b'] })
    const bad = await keep({ fails: [true], patches: ['a', 'b', 'c'] })
    const { versions, seeks, said, cell } = await range(bad)
    expect({ versions, seeks, said }).toEqual({
      versions: { of: 'patches', first: 1 },
      seeks: 'failure',
      said: ['ffa.usable passed in 1.1.'],
    })
    expect(cell.kernel.patches).toHaveLength(3)
  })

  it('is the whole series where nothing is known of before, and looks for a fix where the last result is the good one', async () => {
    const alone = await keep({ fails: [true], patches: ['a', 'b'] })
    expect(await range(alone)).toMatchObject({ versions: { of: 'patches', first: 0 }, seeks: 'failure' })
    const mended = await keep({ fails: [false], patches: ['a', 'b', 'c'] })
    expect(await range(mended)).toMatchObject({ versions: { of: 'patches', first: 2 }, seeks: 'fix' })
  })

  it('is none with patches that were edited since, or where the same kernel came out otherwise', async () => {
    await keep({ fails: [false], patches: ['a'] })
    const bad = await keep({ fails: [true], patches: ['a', 'b'] })
    await writeFile(join(store.folder, 'b'), 'edited')
    await expect(range(bad)).rejects.toMatchObject({
      message: expect.stringMatching(/\/b has changed since 2\.1 was built/),
    })
    const same = await keep({ fails: [true], patches: ['a'] })
    await expect(range(same)).rejects.toMatchObject({
      code: 'NotFound',
      message: expect.stringContaining('`hyplab rerun 3.1`'),
    })
  })
})

describe('the variants of a rerun', () => {
  it('are refused where the input is the same already: boots by turns would tell nothing', async () => {
    const before = await keep({ fails: [false], symbols: { A: 'y' } })
    const bad = await keep({ fails: [true], symbols: { A: 'y' } })
    await expect(variantsOf(store, await subject(bad), [`kernel=${before}`])).rejects.toMatchObject({
      code: 'BadInput',
      message: `${bad}.1 has the kernel of ${before}.1 already: there is nothing to try by turns.`,
    })
  })

  it('are each input that moved, alone, and all together, bound to the builds that were made', async () => {
    const good = await keep({ fails: [false], cell: { cmdline: 'quiet' }, symbols: { A: 'y' } })
    const bad = await keep({ fails: [true], patches: ['a'], symbols: { A: 'm' } })
    const variants = await variantsOf(store, await subject(bad), [])
    expect(variants.map(({ name }) => name)).toEqual([
      'as it is',
      `kernel of ${good}.1`,
      `config of ${good}.1`,
      `cmdline of ${good}.1`,
      `kernel, config and cmdline of ${good}.1`,
    ])
    const [asItIs, kernel, config, cmdline, all] = variants
    expect(asItIs!.cell).toMatchObject({ cmdline: 'kvm-arm.mode=protected', kernel: { symbols: { A: 'm' } } })
    // Source of one and config of the other is a kernel that nobody has built yet.
    expect([kernel!.kernelBuild, config!.kernelBuild]).toEqual([undefined, undefined])
    expect(kernel!.cell.kernel).toMatchObject({ patches: [], symbols: { A: 'm' } })
    expect(config!.cell.kernel).toMatchObject({ patches: { length: 1 }, symbols: { A: 'y' } })
    expect(cmdline).toMatchObject({ kernelBuild: asItIs!.kernelBuild, cell: { cmdline: 'quiet' } })
    expect(all!.kernelBuild).not.toBe(asItIs!.kernelBuild)
    expect(all!.kernelBuild).toMatch(/^kernel-/)
  })

  it('take what is named, of the last good result or of any other', async () => {
    const good = await keep({ fails: [false] })
    const bad = await keep({ fails: [true], patches: ['a'] })
    const [, named] = await variantsOf(store, await subject(bad), ['kernel=LAST_GOOD'])
    expect(named).toMatchObject({ name: `kernel of ${good}.1`, cell: { kernel: { patches: [] } } })
    // Only the source moved: what was built then is booted again.
    expect(named!.kernelBuild).toMatch(/^kernel-/)
    expect(await variantsOf(store, await subject(bad), [`kernel=${good}`])).toHaveLength(2)
  })

  it('boot on the place of the cell, or on one that is named', async () => {
    const target = { kind: 'board' as const, name: 'board', class: 'virt', tags: [] }
    const bad = await keep({ fails: [true], cell: { target }, place: 'lab/board-1' })
    const variants = await variantsOf(store, await subject(bad), ['place=board-2'])
    expect(variants.map(({ cell }) => cell.target)).toMatchObject([{ place: 'board-1' }, { place: 'board-2' }])
  })

  it.each([
    ['kernal=LAST_GOOD', /there is no input "kernal" \(did you mean "kernel"\?\); inputs are kernel, config/],
    ['kernel', /"" is no result to take it from/],
    ['kernel=9', /There is no run 9|run 9 has no cell/],
    ['place=board-2', /boots on a machine of this host/],
    ['config=LAST_GOOD', /No earlier result of the cell of 1\.1 is known in which ffa\.usable passed each time/],
  ])('are refused where they cannot be: %s', async (wanted, why) => {
    const bad = await keep({ fails: [true] })
    await expect(variantsOf(store, await subject(bad), [wanted])).rejects.toThrow(why)
  })
})
