/** A target that stands still, told from one that is silent: real QEMUs that are stopped and go on. */
import { readdir } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { longestStandstill, noticedStandstill } from '../../../domain/standstill.ts'
import { findProcesses } from '../../../host/process-identity.ts'
import { bootQemu } from './boot-qemu.ts'
import type { QemuBoot } from './boot-qemu.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { Patience } from '../../../targets/patience.ts'
import { Pulse } from '../../../targets/pulse.ts'
import { watchPatience } from '../../../targets/watchdog.ts'
import { bareOrder } from './orders.ts'

const never = new AbortController().signal

vi.setConfig({ testTimeout: 60_000 })

function signalQemu({ machine }: QemuBoot, signal: NodeJS.Signals): void {
  const [seen] = findProcesses(
    ({ commandLine }) => commandLine.startsWith(qemu) && commandLine.includes(machine!.at(-1)!),
  )
  process.kill(seen!.pid, signal)
}

test('a QEMU that is stopped is the lab’s fault and no hang, however short the limit on silence', async () => {
  const order = await bareOrder([{ say: 'NOTICE:  Booting Trusted Firmware\r\n' }, { end: 'sleep' }], 3)
  const booted = await bootQemu(order, { reached: () => signalQemu(order, 'SIGSTOP') }, never)
  expect(booted.host).toMatchObject({
    stop: 'lost',
    stage: 'bl1',
    reason: expect.stringMatching(/^QEMU did not answer on its control connection for \d+(\.\d)? s: it was stopped/),
  })
  expect(booted.host.stoodStill).toBeGreaterThanOrEqual(longestStandstill)
  expect(await readdir(order.place.folder)).toHaveLength(1)
})

test('a QEMU that goes on after a short stop goes on, and the end says for how long it stood still', async () => {
  const order = await bareOrder([{ say: 'NOTICE:  Booting Trusted Firmware\r\n' }, { end: 'sleep' }], 6)
  let stopped: number | undefined
  const booting = bootQemu(
    order,
    {
      reached: ({ stage }) => {
        if (stage !== 'bl1') return
        signalQemu(order, 'SIGSTOP')
        stopped = performance.now()
        setTimeout(() => signalQemu(order, 'SIGCONT'), (noticedStandstill + 2) * 1000)
      },
    },
    never,
  )
  const booted = await booting
  expect(stopped).toBeDefined()
  expect(booted.host.stoodStill).toBeGreaterThanOrEqual(noticedStandstill)
  expect(booted.host.stoodStill).toBeLessThan(longestStandstill)
})

test('a process of ours that stands still is a standstill too, and QEMU is not blamed for it', async () => {
  const told: string[] = []
  const stood: number[] = []
  const watch = { still: (milliseconds: number) => stood.push(milliseconds), dead: () => told.push('dead') }
  const pulse = new Pulse(async () => undefined, watch)
  await vi.waitFor(() => expect(pulse.stoodStill).toBeUndefined())
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (noticedStandstill + 1) * 1000)
  await vi.waitFor(() => expect(pulse.stoodStill).toBeGreaterThanOrEqual(noticedStandstill))
  pulse.end()
  expect(told).toEqual([])
  expect(stood).toEqual([expect.toSatisfy((milliseconds: number) => milliseconds >= noticedStandstill * 1000)])
})

test('seconds in which a process of ours stood still before the limit came are not the target’s silence', async () => {
  const [silence, standsStill] = [3, 2.5]
  const started = performance.now()
  const patience = new Patience({ silence, stage: 1000, grace: 10 }, { silences: {}, stages: {} }, started)
  const { promise, resolve } = Promise.withResolvers<number>()
  const unwatch = watchPatience(patience, () => resolve(performance.now() - started))
  const still = (milliseconds: number, now: number): void => patience.forgive(milliseconds, now)
  const pulse = new Pulse(async () => undefined, { still, dead: () => undefined })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standsStill * 1000)
  const after = await promise
  pulse.end()
  unwatch()
  expect(after).toBeGreaterThanOrEqual((silence + standsStill) * 1000 - 1)
})
