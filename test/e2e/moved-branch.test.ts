/**
 * Nights on a kernel of a git branch that moves: resolved once, built, told by its commit, left alone when it has not moved,
 * and bisected over its commits.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunDocument } from './documents.ts'
import { makeKernelRepository, type KernelRepository } from './kernel-repository.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'

const lab = useLab('moved-branch')
let folder: string
let linux: KernelRepository
let [good, bad]: [RunDocument?, RunDocument?] = []

/** Runs a night to its end. */
const night = async (): Promise<RunDocument> => await lab.json<RunDocument>('schedule', 'trigger', 'moved', '--watch')
const sourceOf = ({ cells }: RunDocument) => cells.map(({ sources }) => sources)
const resolvedTo = (commit: string | undefined) => [[{ kind: 'git', url: linux.url, ref: commit, was: 'main' }]]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-moved-'))
  linux = await makeKernelRepository(folder)
  const plan = await planLike(lab, 'moved', (text) => {
    const [name] = Object.keys(text.kernels)
    const kernel = { ...text.kernels[name!]!, source: [{ git: linux.url, ref: 'main' }] }
    text.kernels = { 'linux-main': kernel }
    text.configs = { 'ffa=y': text.configs['ffa=y']! }
    text.modes = { protected: text.modes['protected']! }
    text.matrix = {}
    text.expect = [{ cells: {}, findings: { 'ffa.usable': 'pass' } }]
  })
  const schedule = join(lab.state, 'moved.yaml')
  await writeFile(schedule, `plan: ${plan}\ncron: '30 1 * * *'\nconfirm: 2\nunchanged: skip\n`)
  await lab.up()
  expect(await lab.hyplab('schedule', 'apply', schedule)).toMatchObject({ code: 0 })
})
afterAll(async () => await rm(folder, { recursive: true, force: true }))

describe('a night on a branch', { timeout: 30 * 60_000 }, () => {
  it('is built from what the branch was when it began, and says so', async () => {
    good = await night()
    expect(good.cells.map(({ verdict }) => verdict?.verdict)).toEqual(['pass'])
    expect(sourceOf(good)).toEqual(resolvedTo(linux.commits[0]))
    expect(good.builds.find(({ kind }) => kind === 'kernel')?.inputs).toMatchObject({
      source: `commit:${linux.commits[0]}`,
    })
    const { stdout } = await lab.hyplab('show', `${good.run.id}.1`)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `${linux.url} at ${linux.commits[0]}, which was main`.replaceAll(/\s+/g, ' '),
    )
  })

  it('that has not moved boots nothing, and says since when', async () => {
    const { run, cells } = await night()
    expect(cells).toMatchObject([{ verdict: null, attempts: [], notRun: { why: 'unchanged' } }])
    expect(sourceOf({ ...good!, cells })).toEqual(resolvedTo(linux.commits[0]))
    expect(run.exitCode).toBe(0)
    const { code, stdout } = await lab.hyplab('report', 'moved')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^1 unchanged\\.\\nNothing moved since the night of .*run ${good!.run.id}`, 'm'))
  })

  it('that has moved to a regression names it, and both commits', async () => {
    await linux.move(linux.commits.at(-1)!)
    bad = await night()
    expect(bad.cells.map(({ verdict }) => verdict?.verdict)).toEqual(['fail'])
    expect(sourceOf(bad)).toEqual(resolvedTo(linux.commits.at(-1)))
    const { code, stdout } = await lab.hyplab('report', 'moved')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^NEW FAILURE {2}ffa\.usable · -22 · INVALID_PARAMETERS$/m)
    const words = stdout.replaceAll(/\s+/g, ' ')
    expect(words).toContain(`last good: ${good!.run.id}.1 `)
    for (const commit of [linux.commits[0]!, linux.commits.at(-1)!]) expect(words).toContain(commit.slice(0, 12))
  })

  it('is bisected to the commit that did it, which git finds in its log as well', async () => {
    const found = await lab.json<RunDocument>('bisect', `${bad!.run.id}.1`, '--finding', 'ffa.usable')
    expect(found.run).toMatchObject({ state: 'finished', exitCode: 0, plan: 'moved-bisect' })
    expect(found.run.summary).toMatch(new RegExp(`^ffa\\.usable fails since ${linux.culprit.slice(0, 12)}`))
    const { stdout } = await lab.hyplab('bisect', 'log', String(found.run.id))
    expect(stdout).toMatch(new RegExp(`^# first bad commit: \\[${linux.culprit}\\] 0002-start-early$`, 'm'))
    const log = join(folder, 'bisect.log')
    await writeFile(log, stdout)
    expect(await linux.git('bisect', 'replay', log)).toContain(`${linux.culprit} is the first bad commit`)
  })
})
