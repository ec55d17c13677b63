/** Schedules on a real Temporal server. No night in here boots: those are in test/e2e. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scheduleIds } from '../../domain/naming.ts'
import { labId } from '../../control/lab-id.ts'
import { runHyplab, typeAtHyplab } from './run-hyplab.ts'

let folder: string
const hyplab = async (...args: string[]) => await runHyplab(folder, args)
const json = async (...args: string[]) => JSON.parse((await hyplab('--json', ...args)).stdout) as never
const write = (name: string, ...lines: string[]) => writeFile(join(folder, 'schedules', name), lines.join('\n'))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  await mkdir(join(folder, 'schedules'))
  const kernel = '{ source: [{ debian: linux, version: 6.18.5-1~bpo13+1 }], base: allnoconfig }'
  const stack = resolve('stacks/optee-sel1.yaml')
  await writeFile(join(folder, 'plan.yaml'), `name: small\nkernels: { k: ${kernel} }\nstacks: { s: ${stack} }\n`)
  expect(await hyplab('up')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await hyplab('down')
  await rm(folder, { recursive: true, force: true })
})

describe('schedules', () => {
  it('are given to the server as their files say, once', async () => {
    await write('berlin.yaml', 'plan: ../plan.yaml', "cron: '0,30 2 * * *'", 'zone: Europe/Berlin')
    await write(
      'york.yaml',
      'plan: ../plan.yaml',
      "cron: '30 1 * * *'",
      'zone: America/New_York',
      'overlap: buffer-one',
    )
    expect(await hyplab('schedule', 'diff')).toMatchObject({ code: 1, stdout: 'berlin  new\nyork    new' })
    const applied = await hyplab('schedule', 'apply')
    expect(applied).toMatchObject({ code: 0, stdout: 'berlin: created\nyork: created' })
    // Facts of the server's, of 1.32; told without its help nobody would guess them.
    expect(applied.stderr.replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DAY').split('\n')).toEqual(
      expect.arrayContaining([
        'berlin: DAY 02:30 in Europe/Berlin does not exist: that night is left out.',
        'york: DAY 01:30 in America/New_York comes twice, and so does the night.',
      ]),
    )
    expect(await hyplab('schedule', 'diff')).toMatchObject({ code: 0 })
    expect((await hyplab('schedule', 'apply')).stdout).toBe('berlin: as it is\nyork: as it is')
  })

  it('that differ are changed, and stay paused as they were', async () => {
    expect(await hyplab('schedule', 'pause', 'york', '--why', 'the board is away')).toMatchObject({ code: 0 })
    await write('york.yaml', 'plan: ../plan.yaml', "cron: '45 1 * * *'", 'zone: America/New_York')
    expect(await hyplab('schedule', 'apply', 'schedules/york.yaml')).toMatchObject({ stdout: 'york: changed' })
    const { stdout } = await hyplab('schedule', 'list')
    expect(stdout).toMatch(/york +paused: the board is away +45 1 \* \* \* America\/New_York/)
    expect(await hyplab('schedule', 'resume', 'york')).toMatchObject({ code: 0 })
  })

  it('say when the next nights are', async () => {
    const { nights } = (await json('schedule', 'next', 'york', '-n', '3')) as { nights: string[] }
    expect(nights).toHaveLength(3)
    for (const night of nights) expect(night).toMatch(/T0[56]:45:00/)
  })

  it('that vanished from the server are missing, not new, and somebody else’s changes are seen', async () => {
    await withServer(async (client, lab) => {
      await client.schedule.getHandle(scheduleIds.schedule(lab, 'berlin')).delete()
      await client.schedule.getHandle(scheduleIds.schedule(lab, 'york')).update((before) => ({
        ...before,
        policies: { ...before.policies, overlap: 'ALLOW_ALL' },
      }))
    })
    expect(await hyplab('schedule', 'diff')).toMatchObject({
      code: 1,
      stdout: 'berlin  missing\nyork    changed on the server',
    })
    expect(await hyplab('schedule', 'trigger', 'berlin')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/berlin is missing on the server.*`hyplab schedule apply` gives it back/),
    })
    expect((await hyplab('schedule', 'apply')).stdout).toBe(
      'berlin: created again: it was missing on the server\nyork: put back as its file says: somebody had changed it on the server',
    )
    expect(await hyplab('schedule', 'diff')).toMatchObject({ code: 0 })
  })

  it('whose budget is of a class that no cell boots on are refused where that stands', async () => {
    await writeFile(join(folder, 'odd.yaml'), 'plan: plan.yaml\nevery: 1 h\nbudget: { qemu: 1 h, rk3588: 1 h }\n')
    expect(await hyplab('schedule', 'apply', 'odd.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('odd.yaml:3:30: no cell boots on the class "rk3588"; there is qemu'),
    })
  })

  it('whose plan is wrong when the hour has come begin no night, and say so', async () => {
    await writeFile(join(folder, 'plan.yaml'), 'name: broken\n')
    expect(await hyplab('schedule', 'trigger', 'york')).toMatchObject({ code: 0 })
    const night = await untilThere(
      async () => ((await json('nights', 'york')) as { nights: { fault: string }[] }).nights[0],
    )
    expect(night.fault).toMatch(/plan\.yaml:1:1: missing key "kernels"/)
  })

  it('whose files are wrong are said to be by list and status: nobody is told of their nights meanwhile', async () => {
    const sentence = /Nobody is told of the nights of york before this is right[^]*york\.yaml:2:7: /
    await write('york.yaml', 'plan: ../plan.yaml', "cron: '61 1 * * *'")
    expect(await hyplab('schedule', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^york +has mistakes /m),
      stderr: expect.stringMatching(sentence),
    })
    expect((await hyplab('status')).stderr).toMatch(sentence)
    const { schedules } = (await json('schedule', 'list')) as { schedules: { name: string; wrong: object | null }[] }
    // The plan is wrong as well since the test before this one: that is what berlin's nights wait for.
    expect(schedules.map(({ name, wrong }) => [name, wrong])).toEqual([
      ['berlin', { stops: 'nights', sentence: expect.stringMatching(/plan\.yaml:1:1: missing key "kernels"/) }],
      ['york', { stops: 'telling', sentence: expect.stringMatching(/york\.yaml:2:7: /) }],
    ])
    const status = (await json('status')) as { wrongSchedules: { name: string }[] }
    expect(status.wrongSchedules.map(({ name }) => name)).toEqual(['berlin', 'york'])
  })

  it('that are removed are gone, and their nights stay', async () => {
    expect(await hyplab('schedule', 'remove', 'york')).toMatchObject({ code: 0 })
    expect(await hyplab('schedule', 'remove', 'york')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('No schedule york was applied; there is berlin.'),
    })
    expect((await hyplab('nights', 'york')).stdout).toMatch(/york +did not begin: /)
  })

  it.each([
    [['schedule', 'apply', 'nowhere.yaml'], /nowhere\.yaml cannot be read/],
    [['schedule', 'backfill', 'berlin', '--from', 'yesterday', '--to', '2026-11-29'], /--from yesterday is no time/],
    [['schedule', 'backfill', 'berlin', '--from', '2026-11-29', '--to', '2026-11-28'], /is not after/],
    [['schedule', 'pause', 'berlin'], /--why/],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stderr } = await hyplab(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(sentence)
  })
})

describe('a night that is asked for while another one runs', () => {
  let silent: Server
  const night = async (): Promise<number> =>
    await untilThere(
      async () => ((await json('nights', 'busy')) as { nights: { run: number | null }[] }).nights[0]?.run ?? undefined,
    )

  beforeAll(async () => {
    // Nights that last: the branch of their kernel is asked for where nobody ever answers.
    silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const kernel = `{ source: [{ git: 'git://127.0.0.1:${port}/linux.git', ref: main }], base: allnoconfig }`
    const stack = resolve('stacks/optee-sel1.yaml')
    await writeFile(join(folder, 'busy.plan.yaml'), `name: busy\nkernels: { k: ${kernel} }\nstacks: { s: ${stack} }\n`)
  })
  afterAll(() => void silent.close())

  it('is left out where its schedule skips; who watches is told so, and by what', async () => {
    await write('busy.yaml', 'plan: ../busy.plan.yaml', "cron: '0 0 29 2 *'")
    expect(await hyplab('schedule', 'apply', 'schedules/busy.yaml')).toMatchObject({ code: 0 })
    expect(await hyplab('schedule', 'trigger', 'busy')).toMatchObject({ code: 0 })
    const run = await night()
    for (const options of [[], ['--watch']])
      expect(await hyplab('schedule', 'trigger', 'busy', ...options)).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          new RegExp(`The night did not begin: run ${run} of busy is still under way, .*left out .*overlap: skip`),
        ),
      })
    expect(((await json('nights', 'busy')) as { nights: object[] }).nights).toHaveLength(1)
    expect(await hyplab('cancel', String(run))).toMatchObject({ code: 0 })
  })

  it('waits where its schedule keeps one, which is said; the next one is left out; paused or not', async () => {
    await write('busy.yaml', 'plan: ../busy.plan.yaml', "cron: '0 0 29 2 *'", 'overlap: buffer-one')
    expect(await hyplab('schedule', 'apply', 'schedules/busy.yaml')).toMatchObject({ stdout: 'busy: changed' })
    expect(await hyplab('schedule', 'pause', 'busy', '--why', 'a test')).toMatchObject({ code: 0 })
    const [before] = [await night()]
    expect(await hyplab('schedule', 'trigger', 'busy')).toMatchObject({ code: 0 })
    const first = await untilThere(async () => ((run) => (run === before ? undefined : run))(await night()))
    const waiting = typeAtHyplab(folder, ['schedule', 'trigger', 'busy', '--watch'])
    await waiting.says(`The night waits: run ${first} of busy is still under way.`)
    expect(await hyplab('schedule', 'trigger', 'busy', '--watch')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/did not begin: run \d+ of busy is still under way, and one waits/),
    })
    expect(await hyplab('cancel', String(first))).toMatchObject({ code: 0 })
    const second = await untilThere(async () => ((run) => (run === first ? undefined : run))(await night()))
    expect(await hyplab('cancel', String(second))).toMatchObject({ code: 0 })
    expect((await waiting.ended).code).toBe(130)
  })
})

async function withServer(use: (client: Client, lab: string) => Promise<void>): Promise<void> {
  const { address, namespace } = (await json('status')) as { address: string; namespace: string }
  const connection = await Connection.connect({ address })
  try {
    await use(new Client({ connection, namespace }), await labId(join(folder, 'state')))
  } finally {
    await connection.close()
  }
}

async function untilThere<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
  }
}
