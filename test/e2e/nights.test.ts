/** Nights on real boots: one that is good, one with a regression, which goes on, is known, and goes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'

const lab = useLab('nights')
const cell = 'linux-6.18.5/ffa=y/optee-sel1/mode/qemu'
let schedule: string

/** The plan of the nights with one cell: healthy without pKVM, with the thread's bug under it. */
async function plan(mode: 'nvhe' | 'protected'): Promise<string> {
  return await planLike(lab, 'night', (text) => {
    text.configs = { 'ffa=y': text.configs['ffa=y']! }
    text.modes = { mode: `kvm-arm.mode=${mode}` }
    text.matrix = {}
    text.expect = [{ cells: {}, findings: { 'ffa.usable': 'pass' } }]
  })
}

/** Runs a night to its end. */
async function night(): Promise<RunDocument> {
  return await lab.json<RunDocument>('schedule', 'trigger', 'night', '--watch')
}

beforeAll(async () => {
  const file = await plan('nvhe')
  schedule = join(lab.state, 'night.yaml')
  await writeFile(schedule, `plan: ${file}\ncron: '30 1 * * *'\nuntil: '07:00'\nconfirm: 2\n`)
  await lab.up()
  expect(await lab.hyplab('schedule', 'apply', schedule)).toMatchObject({ code: 0 })
})

describe('a night', () => {
  let [good, bad] = [0, 0]

  it('that is good is a run as any other, and nobody has to look', async () => {
    const { run, cells } = await night()
    good = run.id
    expect(cells.map(({ id, verdict }) => [id, verdict?.verdict])).toEqual([[cell, 'pass']])
    expect(run.workflowId).toMatch(/-night-night-\d{4}-/)
    expect(run.options?.closes).toBeGreaterThan(Date.now())
    const report = await lab.hyplab('report', 'night')
    expect(report).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 good\.$/m) })
  })

  it('with a regression names it, with what moved since the last good one', async () => {
    await plan('protected')
    const { run, cells } = await night()
    bad = run.id
    // Another attempt shows that it was no flake.
    expect(cells[0]!.attempts).toHaveLength(2)
    const { code, stdout } = await lab.hyplab('report', 'night')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^NEW FAILURE {2}ffa\.usable · -22 · INVALID_PARAMETERS$/m)
    expect(stdout).toContain(`last good: ${good}.1 `)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('moved: cmdline kvm-arm.mode=nvhe -> kvm-arm.mode=protected')
    // What a console said is never broken.
    expect(stdout.split('\n').filter((line) => line.length > 72 && !/^ {4}[> ] /.test(line))).toEqual([])
    expect(stdout).toMatch(/^ {4}> record \d+ {2}FFA_ID_GET at /m)
    const html = join(lab.state, 'night.html')
    expect(await lab.hyplab('report', String(bad), '--format', 'html', '--output', html)).toMatchObject({ code: 1 })
    expect(await readFile(html, 'utf8')).toMatch(/<section id="night">[^]*<span class="word fail">new failure<\/span>/)
  })

  it('after it is failing still, and what somebody knows of reddens none', async () => {
    await night()
    expect((await lab.hyplab('report', 'night')).stdout).toMatch(new RegExp(`^STILL FAILING[^]*since ${bad}\\.1 `, 'm'))
    const known = join(lab.state, 'known.yaml')
    const issue = '{ finding: ffa.usable, facts: { errno: -22 }, reason: the thread, owner: the lab }'
    await writeFile(known, `known: [${issue}]\n`)
    await writeFile(schedule, `plan: plans/night.yaml\nknown: known.yaml\nconfirm: 2\ncron: '30 1 * * *'\n`)
    expect((await lab.hyplab('schedule', 'apply', schedule)).stdout).toBe('night: changed')
    expect(await lab.hyplab('report', 'night')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^KNOWN[^]*known: the thread \(the lab\)/m),
    })
  })

  it('in which it is gone says since when it was there, and that the known issue can go', async () => {
    await plan('nvhe')
    await night()
    const { code, stdout } = await lab.hyplab('report', 'night')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^FIXED[^]*since ${bad}\\.1 `, 'm'))
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/known\.yaml:1: this known issue \(the thread\) was not seen/)
  })

  it('has its findings counted over all nights: what failed in two of four is no steady cell', async () => {
    const { flakes } = parse((await lab.hyplab('flakes', '--json')).stdout) as {
      flakes: { finding: string; cell: string; failed: { happened: number; of: number }; because?: string }[]
    }
    expect(flakes.find(({ finding }) => finding === 'ffa.usable')).toMatchObject({
      cell,
      failed: { happened: 3, of: 6 },
    })
    expect(flakes.find(({ finding }) => finding === 'optee.driver')).toMatchObject({ because: 'order.ffa-before-kvm' })
    const svg = join(lab.state, 'strips.svg')
    expect(await lab.hyplab('flakes', 'night', '--svg', svg)).toMatchObject({ code: 0 })
  })

  it('in which nothing moved rests where its schedule wants that, and says since when', async () => {
    await apply('unchanged: skip')
    const before = (await lab.json<{ nights: { run: number }[] }>('nights')).nights[0]!.run
    const { run, cells } = await night()
    const sentence = expect.stringMatching(new RegExp(`^nothing moved since the night of [-\\d]+ \\(run ${before}\\)$`))
    expect(cells).toMatchObject([
      { verdict: null, attempts: [], notRun: { why: 'unchanged', sentence, stands: { verdict: 'pass' } } },
    ])
    expect(run.exitCode).toBe(0)
    const { code, stdout } = await lab.hyplab('report', 'night')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^1 unchanged\.\nNothing moved since the night of /m)
  })

  it('whose boots do not fit into the budget of their class runs none of them, and is incomplete', async () => {
    await apply('budget: { qemu: 10 ms }')
    const { run, cells } = await night()
    expect(cells).toMatchObject([{ verdict: null, attempts: [], notRun: { why: 'budget' } }])
    expect(run.exitCode).toBe(3)
    const { code, stdout } = await lab.hyplab('report', 'night')
    expect(code).toBe(3)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'NOT RUN Not run: too little was left of the budget of qemu, 0.01 s.',
    )
  })

  /** Gives the schedule another line. */
  async function apply(line: string): Promise<void> {
    await writeFile(schedule, `plan: plans/night.yaml\n${line}\ncron: '30 1 * * *'\n`)
    expect(await lab.hyplab('schedule', 'apply', schedule)).toMatchObject({ code: 0, stdout: 'night: changed' })
  }
})
