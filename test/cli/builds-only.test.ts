/** What a run that was asked for builds alone looks like afterwards. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { putBuild } from '../../store/builds.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { createRun, endRun, type RunState } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { failedBuild, noon, sampleBuild, sampleRun } from '../store/samples.ts'
import { runHyplab } from './run-hyplab.ts'

/** A folder with run 1: its first cell's kernel is made before it, its second cell's while it lasts, or fails. */
async function folderWith(state: RunState, second: 'made' | 'failed' | 'open'): Promise<string> {
  const folder = await tempFolder()
  const store = await openStore(join(folder, 'state'))
  try {
    await createRun(store, { ...sampleRun(2), options: { until: 'builds', atOnce: 1 } })
    await setCellBuilds(store, 1, 1, { kernel: 'a'.repeat(64), firmware: null })
    await setCellBuilds(store, 1, 2, { kernel: 'b'.repeat(64), firmware: null })
    const before = { ...(await sampleBuild(store, 'a'.repeat(64))), name: 'linux-7.3.4', started: noon - 3_600_000 }
    await putBuild(store, before)
    if (second === 'made') await putBuild(store, await sampleBuild(store, 'b'.repeat(64)))
    if (second === 'failed') await putBuild(store, failedBuild('b'.repeat(64)))
    const ends = {
      finished: { exitCode: second === 'made' ? 0 : 1, summary: 'It is over.' },
      cancelled: { exitCode: 130, summary: 'Cancelled.' },
    }
    if (state === 'finished' || state === 'cancelled')
      await endRun(store, 1, { state, ended: noon + 1, ...ends[state] })
  } finally {
    await store.close()
  }
  return folder
}

test('a finished one has built what it was asked to, and leaves nothing open', async () => {
  const folder = await folderWith('finished', 'made')
  expect((await runHyplab(folder, ['list'])).stdout).toMatch(/\n1 +first-look +\S+ \S+ +finished +all built$/)
  const { stdout } = await runHyplab(folder, ['show', '1'])
  expect(stdout.split('\n')).toEqual([
    'run 1, first-look: It is over. Only builds were asked for, and nothing is booted.',
    '',
    '  kernel  linux-7.3.4   aaaaaaaaaaaaaaaa  was there',
    '  kernel  linux-6.18.5  bbbbbbbbbbbbbbbb  built in 431.5 s',
  ])
  expect((await runHyplab(folder, ['show', '1.1'])).stdout).toMatch(/: not booted: run 1 was asked for builds only\n/)
})

test.each([
  ['finished', 'failed', 'not all built', /b{16} {2}failed: drivers\/firmware\/arm_ffa\/driver\.c:12: 'x' undeclared$/],
  ['cancelled', 'open', 'not all built', /\n {2}1 not made$/],
  ['running', 'open', 'builds only', /^run 1, first-look: running/],
] as const)('one that is %s with a build that is %s: %s', async (state, second, short, report) => {
  const folder = await folderWith(state, second)
  expect((await runHyplab(folder, ['list'])).stdout.split('\n')[1]).toMatch(new RegExp(`${state} +${short}$`))
  expect((await runHyplab(folder, ['show', '1'])).stdout).toMatch(report)
})
