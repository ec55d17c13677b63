/** What `bisect` and `rerun` say where they cannot begin, and how a search reads afterwards. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { candidateOf } from '../../domain/search/candidates.ts'
import type { Search } from '../../domain/search/search.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { addCell, judgeCell } from '../../store/cells.ts'
import { createRun, endRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { bisectionOver, cellWith } from '../domain/search/cells.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { sampleEnd, sampleRun, sampleStart, noon } from '../store/samples.ts'
import { runHyplab } from './run-hyplab.ts'

/** A folder with the run of one cell whose attempt failed, and what `more` writes. */
async function folderWith(more: (store: Store) => Promise<void> = async () => {}): Promise<string> {
  const folder = await tempFolder()
  const store = await openStore(join(folder, 'state'))
  try {
    const run = await createRun(store, { ...sampleRun(0), cells: [cellWith(['a.patch'])] })
    await keepAttempt(store, { run, cell: 1, number: 1 }, true)
    await more(store)
  } finally {
    await store.close()
  }
  return folder
}

async function keepAttempt(
  store: Store,
  key: { run: number; cell: number; number: number },
  fails: boolean,
): Promise<void> {
  const outcome = fails ? ('fail' as const) : ('pass' as const)
  const finding = { id: 'ffa.usable', outcome, sentence: 'So it is.', evidence: [], facts: {} }
  const start = { ...sampleStart(key), fence: 100 * key.run + 10 * key.cell + key.number }
  await startAttempt(store, start)
  await finishAttempt(store, start, { ...(await sampleEnd(store, 0)), findings: [finding] })
}

test.each([
  [['bisect', '1'], 2, '"1" is no cell: bisect takes one, e.g. 1.1; `hyplab show 1` lists them.'],
  [['bisect', '1.7'], 4, 'There is no cell 1.7'],
  [['bisect', '1.1', '--finding', 'ffa.usabel'], 2, '1.1 has no finding "ffa.usabel": did you mean ffa.usable?'],
  [['bisect', '1.1'], 2, 'No finding of 1.1 stands out: name one with --finding'],
  [['bisect', '1.1', '--confidence', '20'], 2, 'It must be a percentage from 50 to below 100.'],
  [['bisect', 'log', '1'], 2, 'Run 1 is no bisection'],
  [
    ['rerun', '1.1', '--finding', 'ffa.usable', '--with', 'kernl=1'],
    2,
    'there is no input "kernl" (did you mean "kernel"?)',
  ],
  [['rerun', '1.1', '--finding', 'ffa.usable'], 4, 'No earlier result of the cell of 1.1 is known'],
])('hyplab %j exits with %d and says why', async (words, code, sentence) => {
  const folder = await folderWith()
  const ended = await runHyplab(folder, words)
  expect(ended).toMatchObject({ code, stdout: '' })
  expect(ended.stderr).toContain(sentence)
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
})

test('a bisection reads as what did it, each version with its attempts and its probability', async () => {
  const search: Search = bisectionOver(['a.patch', 'b.patch'], { of: '1.1' })
  const folder = await folderWith(async (store) => {
    const options = { until: 'verdicts' as const, atOnce: 1, search }
    const run = await createRun(store, { ...sampleRun(0, 'a-search'), plan: 'first-look-bisect', options })
    for (const [candidate, fails] of [
      [0, [false, false, false]],
      [2, [true, true, true]],
      [1, []],
    ] as [number, boolean[]][]) {
      const cell = await addCell(store, run, candidateOf(search, candidate).cell)
      for (const [index, failed] of fails.entries()) await keepAttempt(store, { run, cell, number: index + 1 }, failed)
      if (candidate === 1)
        await judgeCell(store, run, cell, { verdict: 'fail', sentence: 'It could not be built: no.', because: [] })
    }
    await endRun(store, run, { state: 'finished', ended: noon, exitCode: 0, summary: 'Found.' })
  })
  const { stdout } = await runHyplab(folder, ['show', '2'])
  expect(stdout.split('\n').slice(0, 6)).toEqual([
    'run 2, bisect of 1.1: Found.',
    '',
    expect.stringMatching(/^version +cell +ffa\.usable failed +did it$/),
    expect.stringMatching(/^without patches +2\.1 +0 of 3 \(.*\) +0 %$/),
    expect.stringMatching(/^a\.patch +2\.3 +- +50 % +It could not be built: no\.$/),
    expect.stringMatching(/^b\.patch +2\.2 +3 of 3 \(.*\) +50 %$/),
  ])
  expect((await runHyplab(folder, ['list'])).stdout).toMatch(/\n2 +first-look-bisect .* finished +Found\./)
  const log = await runHyplab(folder, ['bisect', 'log', '2'])
  expect(log.stdout.split('\n').slice(-3)).toEqual([
    '# only skipped commits left to test',
    '# possible first bad commit: [a.patch]',
    '# possible first bad commit: [b.patch]',
  ])
  const document = JSON.parse((await runHyplab(folder, ['show', '2', '--json'])).stdout) as {
    search: { tried: object[] }
  }
  expect(document.search.tried).toMatchObject([
    { name: 'without patches', failed: 0, of: 3 },
    { silent: expect.any(String) },
    {},
  ])
})
