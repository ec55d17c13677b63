/**
 * A year of nights: the real workflows and steps but for those that build and boot, which are simulated, on the time-skipping
 * server. It knows no schedules, so that the hours are those that the real server names.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createActivities } from '../../activities/registry.ts'
import { nightsBetween } from '../../cli/schedules/next-nights.ts'
import { queues, workflowIds } from '../../domain/naming.ts'
import { flakesOf } from '../../domain/flake/flakes-of.ts'
import { compareNight, type CellChange } from '../../domain/night/compare-night.ts'
import { tellNight, type NightStory } from '../../domain/night/tell-night.ts'
import { wallClock } from '../../domain/schedule/wall-clock.ts'
import type { MessageData } from '../../domain/tell/message.ts'
import { foldersFrom } from '../../host/folders.ts'
import { readNight } from '../../reading/read-night.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { runDetail } from '../../store/details.ts'
import { readSamples } from '../../store/samples.ts'
import { writeSchedule } from '../../store/schedules.ts'
import { openStore, type Store } from '../../store/store.ts'
import { labId } from '../../control/lab-id.ts'
import type { AttemptTask } from '../../workflows/contracts.ts'
import type { NightTask } from '../../workflows/night-contracts.ts'
import { runHyplab } from '../cli/run-hyplab.ts'
import { host, lab, openBench } from '../workflows/environment.ts'
import { buildsOf, modes, planText, Targets, year, type Mode } from './year.ts'

const zone = 'Europe/Berlin'
/** What a night of the year came to. */
interface Told {
  night: number
  due: number
  story: NightStory
}

let folder: string
let store: Store
let told: Told[]
/** What people were told, as a file of the schedule has it. */
let heard: MessageData[]
let hours: number[]
const targets = new Targets(20_261_130)

/** The hours of a year, as the real server has them, from a schedule's file. */
async function hoursOfTheYear(): Promise<number[]> {
  await writeFile(join(folder, 'year.yaml'), `plan: plan.yaml\ncron: '30 2 * * *'\nzone: ${zone}\n`)
  try {
    expect(await runHyplab(folder, ['up'])).toMatchObject({ code: 0 })
    expect(await runHyplab(folder, ['schedule', 'apply', 'year.yaml'])).toMatchObject({ code: 0 })
    const { stdout } = await runHyplab(folder, ['--json', 'status'])
    const { address, namespace } = JSON.parse(stdout) as { address: string; namespace: string }
    const connection = await Connection.connect({ address })
    const owner = { lab: await labId(join(folder, 'state')), host }
    const [from, to] = [Date.parse('2026-12-01T00:00Z'), Date.parse('2027-12-01T00:00Z')]
    const nights = await nightsBetween({ client: new Client({ connection, namespace }), owner }, 'year', from, to)
    await connection.close()
    return nights
  } finally {
    await runHyplab(folder, ['down'])
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  await writeFile(join(folder, 'plan.yaml'), planText(resolve('stacks/optee-sel1.yaml')))
  hours = await hoursOfTheYear()
  store = await openStore(join(folder, 'own'))
  const file = join(folder, 'year.yaml')
  await writeFile(file, `plan: plan.yaml\ncron: '30 2 * * *'\nzone: ${zone}\ntell: [{ file: heard.jsonl }]\n`)
  await writeSchedule(store, { name: 'year', file, digest: '', server: '', applied: 0 })
  told = await playYear()
  const lines = (await readFile(join(folder, 'heard.jsonl'), 'utf8')).trimEnd().split('\n')
  heard = lines.map((line) => JSON.parse(line) as MessageData)
}, 900_000)
afterAll(async () => {
  await store?.close()
  await rm(folder, { recursive: true, force: true })
})

async function playYear(): Promise<Told[]> {
  const bench = await openBench()
  const real = createActivities({ folders: foldersFrom(), store, client: bench.client })
  let night = 0
  const steps = {
    ...real,
    async outlineRun({ run }: { run: number }) {
      const { cells } = await runDetail(store, run)
      for (const { number } of cells) await setCellBuilds(store, run, number, buildsOf(night))
      const outlined = cells.map(({ number, cell }) => ({
        number,
        builds: [],
        ...cell.attempts,
        confirm: task.confirm,
      }))
      return { plan: 'year', builds: [], cells: outlined }
    },
    async bootAttempt({ run, cell, attempt }: AttemptTask) {
      const { cells } = await runDetail(store, run)
      const mode = cells[cell - 1]!.cell.axes['mode'] as Mode
      const place = targets.place(mode, night, attempt)
      const start = { run, cell, number: attempt, place, fence: run * 100 + attempt, folder, started: hours[night]! }
      await startAttempt(store, start)
      await finishAttempt(store, start, targets.boot(mode, night, start))
      return { ending: 'finished' as const }
    },
  }
  const task: NightTask = {
    schedule: 'year',
    lab,
    host,
    plan: join(folder, 'plan.yaml'),
    only: {},
    atOnce: 5,
    confirm: 5,
    zone,
  }
  /** temporal.api.enums.v1.IndexedValueType: DATETIME. */
  const datetime = 6
  await bench.environment.connection.operatorService.addSearchAttributes({
    namespace: bench.environment.namespace ?? 'default',
    searchAttributes: { TemporalScheduledStartTime: datetime },
  })
  const stories: Told[] = []
  await bench.withSteps(steps, async () => {
    for (; night < hours.length; night++) {
      if (year.outages.includes(night)) continue
      const due = hours[night]!
      const workflowId = `night-year-${new Date(due).toISOString()}`
      await bench.client.workflow.execute('night', {
        workflowId,
        taskQueue: queues.main(lab),
        args: [task],
        typedSearchAttributes: [
          { key: defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME'), value: new Date(due) },
        ],
      })
      await bench.client.workflow.getHandle(workflowIds.telling(workflowId)).result()
      const read = await readNight(store, 'year')
      const changes = compareNight(read!.tonight, read!.past)
      stories.push({ night, due: read!.night.due, story: tellNight(changes, [], read!.past, due) })
    }
  })
  await bench.close()
  return stories
}

/** Which nights a cell is told in with a standing, and the change of the first. */
function nightsWith(mode: Mode, standing: string): { nights: number[]; first: CellChange | undefined } {
  const found = told.flatMap(({ night, story }) =>
    story.groups
      .filter((group) => group.standing === standing)
      .flatMap(({ cells }) => cells.filter(({ cell }) => cell.split('/')[3] === mode))
      .map((change) => ({ night, change })),
  )
  return { nights: found.map(({ night }) => night), first: found[0]?.change }
}

describe('a year of nights', () => {
  it('has the hours that the server names: none in the night that the clock skips, one in that which it repeats', () => {
    const days = hours.map((at) => new Date(wallClock(at, zone)).toISOString().slice(0, 16))
    expect(days).toHaveLength(364)
    expect(days.filter((day) => !day.endsWith('T02:30'))).toEqual([])
    expect(days).not.toContain('2027-03-28T02:30')
    expect(days.filter((day) => day.startsWith('2027-10-31'))).toHaveLength(1)
    expect(told.map(({ due }) => due)).toEqual(hours.filter((_, night) => !year.outages.includes(night)))
  })

  it('reports the regression once, on its day, with what moved; and once that it is fixed', () => {
    const { from, to } = year.regression
    const { nights, first } = nightsWith('regresses', 'new failure')
    expect(nights).toEqual([from])
    expect(first?.moved).toEqual([{ what: 'kernel.build', before: 'kernel-1', after: 'kernel-2' }])
    expect(nightsWith('regresses', 'fixed')).toMatchObject({
      nights: [to],
      first: { since: { at: hours[from] } },
    })
    expect(nightsWith('regresses', 'still failing').nights).toHaveLength(to - from - 1 - 2)
  })

  it('reports what other firmware broke once, and names the firmware', () => {
    const { nights, first } = nightsWith('firmware', 'new failure')
    expect(nights).toEqual([year.firmwareChanges])
    expect(first?.moved).toContainEqual({ what: 'stack.build', before: 'firmware-1', after: 'firmware-2' })
  })

  it('reports the flake once, never as a regression', () => {
    expect(nightsWith('flaky', 'unstable').nights).toHaveLength(1)
    expect(nightsWith('flaky', 'new failure').nights).toEqual([])
    expect(targets.failures.flaky).toBeGreaterThan(5)
  })

  it('reports the board that rots, and blames the board', async () => {
    const { nights } = nightsWith('board', 'unstable')
    expect(nights).toHaveLength(1)
    expect(nights[0]! - year.boardRots).toBeLessThan(14)
    const flakes = flakesOf(await readSamples(store, { plan: 'year', last: 100 }))
    expect(flakes.find(({ cell }) => cell.split('/')[3] === 'board')?.follows).toMatchObject([
      { origin: 'place', name: 'lab/rock-2' },
    ])
  })

  it('has people told of each event once, in its night, and of nothing in all the others', () => {
    const news = heard.flatMap(({ night, news: of }) =>
      of.flatMap(({ kind, cells }) =>
        cells.map(({ cell }) => [hours.indexOf(Date.parse(night!.due)), kind, cell.split('/')[3]!] as const),
      ),
    )
    const unstable = (mode: Mode) => nightsWith(mode, 'unstable').nights[0]!
    expect(news).toEqual(
      [
        [year.regression.from, 'new failure', 'regresses'],
        [year.regression.to, 'fixed', 'regresses'],
        [year.firmwareChanges, 'new failure', 'firmware'],
        [unstable('flaky'), 'unstable', 'flaky'],
        [unstable('board'), 'unstable', 'board'],
      ].toSorted(([one], [other]) => Number(one) - Number(other)),
    )
  })

  it('has no false regression, and loses no cell in any night', () => {
    const news = modes.map((mode) => [mode, nightsWith(mode, 'new failure').nights])
    expect(news).toEqual([
      ['steady', []],
      ['regresses', [year.regression.from]],
      ['flaky', []],
      ['board', []],
      ['firmware', [year.firmwareChanges]],
    ])
    for (const { story } of told)
      expect(Object.values(story.counts).reduce((sum, count) => sum + count, 0)).toBe(modes.length)
  })
})
