/** Schedules on a real Temporal server. No night in here boots: those are in test/e2e. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scheduleIds } from '../../domain/naming.ts'
import { labId } from '../../worker/lab-id.ts'
import { runHyplab } from './run-hyplab.ts'

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
}, 60_000)
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
