import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { reapClaims } from '../../../host/claim.ts'
import { findProcesses } from '../../../host/process-identity.ts'
import { bootQemu } from './boot-qemu.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { bareOrder } from './orders.ts'

vi.setConfig({ testTimeout: 60_000 })

const boot = join(import.meta.dirname, 'boot-qemu.ts')

test('kill -9 of the owner in mid-boot: QEMU and its guard are gone within seconds, and the place can be used again', async () => {
  const said = 'NOTICE:  Booting Trusted Firmware\n'
  const order = await bareOrder([{ say: said }, { end: 'sleep' }], 600)
  const root = dirname(order.folder)
  await writeFile(join(root, 'order.json'), JSON.stringify(order))
  const source = `
    import { readFileSync } from 'node:fs'
    import { bootQemu } from ${JSON.stringify(boot)}
    const order = JSON.parse(readFileSync(${JSON.stringify(join(root, 'order.json'))}, 'utf8'))
    await bootQemu(order, { reached: ({ stage }) => console.log(stage) }, new AbortController().signal)
  `
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio })
  expect(await once(createInterface(owner.stdout), 'line')).toEqual(['bl1'])
  const running = findProcesses(({ commandLine }) => commandLine.includes(order.machine!.at(-1)!))
  expect(running.map(({ commandLine }) => commandLine.split(' ')[0]!).toSorted()).toEqual(['/bin/sh', '/bin/sh', qemu])

  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await Promise.all(running.map((one) => awaitGone(one, 5)))

  // What was said is kept; the claim of the dead is found, and the next attempt has the place.
  expect(await readFile(join(order.folder, 'consoles/uart0.raw'), 'utf8')).toBe(said)
  const reaped = await reapClaims(root)
  expect(reaped).toEqual([{ place: 'place', fence: 1, owner: 'test', pids: [] }])
  const again = await bareOrder([{ end: 'off' }])
  const booted = await bootQemu({ ...again, place: order.place }, {}, new AbortController().signal)
  expect(booted.host.stop).toBe('power-off')
})
