/** Real boots beside a collection, and on a small real disk that is full. */
import { cp, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { artifactPath } from '../../store/artifacts.ts'
import { findRun } from '../../store/runs.ts'
import { freeSpace } from '../../host/disk.ts'
import { canMountDisks, smallDisk, type SmallDisk } from '../host/small-disk.ts'
import { artifactsIn, pointedAt } from '../store/keeping/samples.ts'
import { builtState } from './built-state.ts'
import { endings, type RunDocument } from './documents.ts'
import { useLab, type Lab } from './lab.ts'
import { Lab as OwnLab } from './own-lab.ts'
import { firstLook, onlyBug } from './plans.ts'

const waits = ({ kind, data }: { kind: string; data: unknown }): boolean =>
  kind === 'say' && (data as { text: string }).text.startsWith('Waiting for room: ')

describe('gc beside a run', () => {
  const lab = useLab('keeping')

  /** As if all that is there had been put long ago: nothing but rows keeps it. */
  async function makeOld(of: Lab): Promise<void> {
    for (const sha256 of await artifactsIn(of.store)) await utimes(artifactPath(of.store, sha256), 1e9, 1e9)
  }

  let run: number

  it('takes nothing that a run needs, however strict the rules are, and the run ends as ever', async () => {
    await lab.up()
    const none = '{ passed: 0 days, failed: 0 days }'
    await writeFile(join(lab.state, 'keep.yaml'), `logs: ${none}\nrecords: ${none}\nimages: 0 days\n`)
    await makeOld(lab)
    ;({ run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach'))
    let over = false
    const ended = lab.ended(run, 600).finally(() => (over = true))
    // The builds of this run stay, those of the other cells of the plan go.
    for (let collections = 0; !over || collections === 0; collections++) {
      const { code, stderr } = await lab.hyplab('gc')
      expect(code, stderr).toBe(0)
    }
    const document = await ended
    expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
    expect(endings(document.cells[0]!)).toEqual(['finished'])
    expect(document.cells[0]!.verdict?.verdict).toBe('known-fail')
    const there = new Set(await artifactsIn(lab.store))
    for (const sha256 of await pointedAt(lab.store)) expect(there.has(sha256)).toBe(true)
  })

  it('then gives up what the run left; the next run makes again what it needs, and ends as the first', async () => {
    await makeOld(lab)
    expect((await lab.hyplab('gc')).code).toBe(0)
    expect(await lab.hyplab('logs', `${run}.1.1`)).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/were removed on/),
    })
    expect((await lab.json<RunDocument>('show', String(run))).cells[0]!.verdict?.verdict).toBe('known-fail')
    // What its patches, fragments and recipes said stays for as long as the run is known.
    const { options } = await findRun(lab.store, run)
    expect(await artifactsIn(lab.store)).toEqual([options!.inputs!.sha256])
    await rm(join(lab.state, 'keep.yaml'))
    const next = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
    const document = await lab.ended(next.run, 600)
    expect(endings(document.cells[0]!)).toEqual(['finished'])
    expect(document.cells[0]!.verdict?.verdict).toBe('known-fail')
  })
})

describe.skipIf(!(await canMountDisks()))('on a small disk', () => {
  let disk: SmallDisk
  let lab: OwnLab

  beforeAll(async () => {
    const at = join(inject('sharedFolder'), 'small-disk')
    await mkdir(at, { recursive: true })
    disk = await smallDisk(700, at)
    lab = new OwnLab(join(disk.folder, 'state'))
    await cp(await builtState(inject('sharedFolder')), lab.state, { recursive: true, preserveTimestamps: true })
    await lab.open()
    await lab.up()
  })
  afterAll(async () => {
    await disk.fill(0)
    await lab.close()
    await disk.unmount()
  })

  const fillUp = async (): Promise<void> => disk.fill((await freeSpace(disk.folder)) - 20e6)

  it('that is full a run waits and says so, and goes on when there is room: it is judged as ever', async () => {
    await fillUp()
    const command = lab.start('run', firstLook, ...onlyBug)
    const run = await command.run()
    await lab.event(run, 'wait for room', waits)
    expect((await lab.json<RunDocument>('show', String(run))).cells[0]!.attempts).toEqual([])
    await disk.fill(0)
    const { code, stderr } = await command.ended
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/No work begins before there is room: only /)
    expect(stderr).toMatch(/: Waiting for room: only .* MB are free on the disk of /)
    expect(stderr).toMatch(/: There is room again: it goes on\./)
    const { cells } = await lab.json<RunDocument>('show', String(run))
    expect(endings(cells[0]!)).toEqual(['finished'])
    expect(cells[0]!.verdict?.verdict).toBe('known-fail')
  })

  it('a run that waits for room can be cancelled, and blames nobody', async () => {
    await fillUp()
    const { run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
    await lab.event(run, 'wait for room', waits)
    expect((await lab.hyplab('cancel', String(run))).code).toBe(0)
    await disk.fill(0)
    const { run: row, cells } = await lab.json<RunDocument>('show', String(run))
    expect(row.state).toBe('cancelled')
    expect(endings(cells[0]!)).toEqual(['cancelled'])
    expect(cells[0]!.verdict).toBeNull()
  })
})
