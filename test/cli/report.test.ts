import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { finishAttempt } from '../../store/attempts.ts'
import { judgeCell } from '../../store/cells.ts'
import { writeNight } from '../../store/nights.ts'
import { createRun, endRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { noon, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { runHyplab } from './run-hyplab.ts'

let folder: string

/** Run 1 has failed, run 2 goes on, run 3 was cancelled and is the only night of `nightly`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-report-'))
  await mkdir(join(folder, 'state'), { mode: 0o700 })
  const store = await openStore(join(folder, 'state'))
  try {
    for (const [state, exitCode] of [
      ['finished', 1],
      ['running', null],
      ['cancelled', 130],
    ] as const) {
      const run = await createRun(store, sampleRun(2))
      await finishAttempt(
        store,
        { ...sampleStart({ run, cell: 1, number: 1 }), place: `qemu-${run}` },
        await sampleEnd(store),
      )
      await judgeCell(store, run, 1, {
        verdict: 'fail',
        sentence: 'FF-A calls are refused.',
        because: [{ attempt: 1, finding: 'ffa.check0' }],
      })
      if (state !== 'running')
        await endRun(store, run, { state, ended: noon + 30_000, exitCode, summary: 'Not as expected.' })
    }
    await writeNight(store, { schedule: 'nightly', workflowId: 'n', due: noon, begun: noon, run: 3, fault: null })
  } finally {
    await store.close()
  }
})
afterAll(() => rm(folder, { recursive: true }))

const report = (...args: string[]) => runHyplab(folder, ['report', ...args])

it.each(['text', 'html', 'junit'])('a run is told as %s, with the code that the run ended with', async (format) => {
  const { code, stdout, stderr } = await report('1', '--format', format)
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toContain('linux-6.18.5/ffa=y/optee-sel1/mode1/qemu')
})

it('a run that goes on says so, and its code is no pass', async () => {
  const { code, stdout } = await report('2')
  expect(code).toBe(3)
  expect(stdout).toContain('The run has not finished: 1 of 2 cells judged')
})

it('a run that is a night is told as the night; its schedule names it, too', async () => {
  const byRun = await report('latest')
  expect(byRun.code).toBe(1)
  expect(byRun.stdout).toMatch(/^nightly, night of 2026-11-22 [^]*NEW FAILURE/)
  expect((await report('nightly')).stdout).toBe(byRun.stdout)
  // What is said of the schedule's file goes to standard error.
  expect(byRun.stderr).toContain('The file of nightly is not there any longer')
})

it('--json is the format json, with what it has always had of a night', async () => {
  const { stdout } = await runHyplab(folder, ['--json', 'report', 'nightly'])
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    night: { id: 1, schedule: 'nightly', run: 3 },
    story: { red: true, counts: { 'new failure': 1, 'not run': 1 } },
    run: { id: 3 },
  })
})

it.each([
  [['1', '--format', 'htlm'], 2, 'There is no such format: did you mean "html"?'],
  [['1.1'], 2, 'A report is of a whole run or night, and 1.1 is a cell: `hyplab show 1.1` tells that.'],
  [['1', '--night', '1'], 2, '--night names a night of a schedule, and 1 is a run: leave it out.'],
  [['nightly', '--night', '7'], 4, 'There is no such night of nightly: `hyplab nights` lists them.'],
  [['weekly'], 4, 'There is no run and no schedule "weekly": `hyplab nights` lists nights, `hyplab list` runs.'],
  [['nightlly'], 4, 'There is no run and no schedule "nightlly": did you mean "nightly"?'],
  [['1', '--format', 'kcidb', '--origin', 'Our Lab'], 2, 'It must be of small letters, digits and underscores'],
])('%j is refused in a sentence', async (args, code, sentence) => {
  const said = await report(...args)
  expect(said.code).toBe(code)
  expect(said.stderr).toContain(sentence)
  expect(said.stdout).toBe('')
})

it('a file is written whole in the place of an old one, and nothing is left beside it', async () => {
  const out = join(folder, 'out')
  await mkdir(out)
  const file = join(out, 'report.html')
  await writeFile(file, 'old')
  expect(await report('1', '--format', 'html', '--output', file)).toMatchObject({ code: 1, stdout: '' })
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  expect(await readdir(out)).toEqual(['report.html'])
  // What a link leads to is written, and it stays a link.
  await symlink('report.html', join(out, 'newest.html'))
  expect(await report('1', '--output', join(out, 'newest.html'))).toMatchObject({ code: 1 })
  expect(await readFile(file, 'utf8')).toMatch(/^run 1, first-look/)
})

it('a pipe that is named as the file is written to, not replaced', async () => {
  const pipe = join(folder, 'pipe')
  await execa('mkfifo', [pipe])
  const [read] = await Promise.all([execa('cat', [pipe]), report('1', '--output', pipe)])
  expect(read.stdout).toMatch(/^run 1, first-look/)
})

it.each([
  ['no/such/folder.html', 'its folder is not there'],
  ['state', 'it is a folder'],
])('a file that cannot be written is named: %s', async (file, why) => {
  const { code, stderr } = await report('1', '--output', join(folder, file))
  expect(code).toBe(2)
  expect(stderr).toContain(`cannot be written (${why}): name another file.`)
})
