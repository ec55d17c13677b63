/** Attempts judged by a thread beside the same judged in place: real consoles, and one that is long. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probeGroups } from '../../domain/probes/registry.ts'
import { judgeOffLoop } from '../../reading/judge-off-loop.ts'
import { judgeShown, type JudgeTask } from '../../reading/judge-shown.ts'
import { tempFolder } from '../host/temp-folder.ts'

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/consoles', name)

function taskOf(path: string): JudgeTask {
  return {
    files: { consoles: [{ name: 'uart0', path }] },
    asked: { cmdline: undefined, config: {}, modules: [] },
    target: { kind: 'qemu', name: 'qemu', cpu: 'max', smp: 1, memory: 64 },
    host: { stop: 'silence', reason: 'Nothing was said.' },
    probes: probeGroups,
  }
}

async function longConsole(): Promise<string> {
  const path = join(await tempFolder(), 'uart0.raw')
  const line = (n: number): string => `[${(n / 1000).toFixed(6).padStart(12)}] usb 1-1: new device number ${n}\r\n`
  await writeFile(path, Array.from({ length: 100_000 }, (_, n) => line(n)).join(''))
  return path
}

test('an attempt is judged the same by the thread as in place', async () => {
  const long = taskOf(await longConsole())
  expect(await judgeOffLoop(long)).toEqual(await judgeShown(long))
  const real = taskOf(fixture('linux-6.18.5-no-init.uart0.log'))
  const judged = await judgeOffLoop(real)
  expect(judged).toEqual(await judgeShown(real))
  expect(judged).toMatchObject({ ending: 'kernel-fault', host: { stage: 'init' } })
})

test('a long one that is given up ends with the reason at once, and the next one is judged', async () => {
  const task = taskOf(await longConsole())
  const giveUp = new AbortController()
  const given = judgeOffLoop(task, giveUp.signal)
  const next = judgeOffLoop(task)
  setImmediate(() => giveUp.abort(new Error('No more.')))
  await expect(given).rejects.toThrow('No more.')
  expect((await next).ending).toBe('hung')
})

test('while a long one is judged the event loop goes on', async () => {
  const task = taskOf(await longConsole())
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const judged = await judgeOffLoop(task)
  clearInterval(timer)
  expect(judged.ending).toBe('hung')
  expect(turns).toBeGreaterThan(5)
})

test('what the thread cannot do is told in its own words', async () => {
  const task = { ...taskOf(await longConsole()), probes: ['no-such-group'] }
  await expect(judgeOffLoop(task)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('There is no probe group "no-such-group"'),
  })
})
