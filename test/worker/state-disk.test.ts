/** What commands say when nothing can be written to the state folder: its disk is full, or mounted read-only. */
import { execa } from 'execa'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runHyplab } from '../cli/run-hyplab.ts'
import { canMountDisks, smallDisk, type SmallDisk } from '../host/small-disk.ts'
import { openStore } from '../../store/store.ts'
import { nobodyWorksOn } from '../../cli/service.ts'

async function disk(): Promise<SmallDisk> {
  const made = await smallDisk(64)
  onTestFinished(async () => await made.unmount())
  return made
}

describe.skipIf(!(await canMountDisks()))('the state folder', () => {
  it('that is not there yet, on a full disk: each command says that the disk is full', async () => {
    const { folder, fillUp } = await disk()
    await fillUp()
    for (const command of [['up'], ['list']])
      expect(await runHyplab(folder, command)).toEqual({
        code: 3,
        stdout: '',
        stderr: `hyplab: The disk that holds ${folder}/state is full: free some space there, then run again.`,
      })
  })

  it('that is used, on a full disk: each command says that the disk is full', async () => {
    const { folder, fillUp } = await disk()
    await (await openStore(join(folder, 'state'))).close()
    await fillUp()
    for (const command of [['up'], ['list']]) {
      const { code, stderr } = await runHyplab(folder, command)
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringMatching(
          /^hyplab: The disk that holds \S+ is full: free some space there, then run again\.$/,
        ),
      })
    }
  })

  it('of a run whose service a full disk ended: it is the disk that is told', async () => {
    const { folder, fillUp, fill } = await disk()
    expect(await nobodyWorksOn(7, folder)).toMatchObject({ code: 'ServerUnreachable' })
    await fillUp()
    expect(await nobodyWorksOn(7, folder)).toMatchObject({
      code: 'DiskFull',
      message: `The disk that holds ${folder} is full, and no service runs: free some space there, then \`hyplab up\` lets run 7 go on.`,
    })
    await fill(0)
  })

  it('on a disk that is mounted read-only: each command says so', async () => {
    const { folder } = await disk()
    await (await openStore(join(folder, 'state'))).close()
    await execa('mount', ['-o', 'remount,ro', folder])
    for (const command of [['up'], ['list']]) {
      const { code, stderr } = await runHyplab(folder, command)
      expect({ code, stderr }).toEqual({
        code: 5,
        stderr: expect.stringMatching(/read-only|cannot be opened for writing/),
      })
      expect(stderr).not.toMatch(/fault of hyplab itself/)
    }
  })
})
