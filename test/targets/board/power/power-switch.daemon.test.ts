import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { PduSpec } from '../../../../domain/lab/pdu-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { createPowerSwitch } from '../../../../targets/board/power/power-switch.ts'
import { snmpOutlet } from '../../../../targets/board/power/snmp-outlet.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import type { Daemon } from '../../../rack/daemon.ts'
import { makeFileOutlets, type FileOutlets, type OutletEvent } from '../../../rack/outlets.ts'
import { startSnmpd } from '../../../rack/snmpd.ts'
import { startUdpRelay } from '../../../rack/udp-relay.ts'
import { awaitSent, memoryFile } from './await-sent.ts'

const never = new AbortController().signal

let folder: string
let port: number
let snmpd: Daemon
let outlets: FileOutlets

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-switch-'))
  outlets = await makeFileOutlets(join(folder, 'outlets'), ['1', '2'])
  port = (await freePorts(1))[0] ?? 0
  snmpd = await startSnmpd({ folder: join(folder, 'snmpd'), port, count: 2, outlets })
})

afterAll(async () => {
  await snmpd.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  for (const outlet of ['1', '2']) await outlets.behave(outlet, '')
})

interface Given {
  outlet?: string
  state: string
  spacing?: number
  shortestOff?: number
  patience?: number
  at?: number
}

const specOf = (at: number, spacing: number): PduSpec & { kind: 'snmp' } => ({
  name: 'desk',
  at: 'labs/test.yaml:3:5',
  spacing,
  kind: 'snmp',
  address: '127.0.0.1',
  port: at,
  profile: 'apc',
  access: { version: '2c', community: { text: 'private' } },
})

function open({ outlet = '1', state, spacing = 0, shortestOff = 0, patience = 2, at = port }: Given) {
  const pdu = specOf(at, spacing)
  return createPowerSwitch({ pdu, outlet, driver: snmpOutlet(pdu, outlet), shortestOff, folder: state, patience })
}

/** The commands that reached outlets while `work` ran. */
async function eventsOf(work: () => Promise<unknown>): Promise<OutletEvent[]> {
  const before = (await outlets.events()).length
  await work()
  return (await outlets.events()).slice(before)
}

/** Waits until the PDU has begun one more command. */
async function nextCommand(): Promise<void> {
  const watcher = watch(join(folder, 'outlets'))
  onTestFinished(() => watcher.close())
  await once(watcher, 'change')
}

test('on and off are read back, and each is sent once', async () => {
  const power = open({ state: await tempFolder() })
  const events = await eventsOf(async () => {
    const began = Date.now()
    const on = await power.on(never)
    expect(on).toMatchObject({ read: 'on', remarks: [] })
    expect(on.at).toBeGreaterThanOrEqual(began)
    expect(await power.state(never)).toBe('on')
    expect(await power.off(never)).toMatchObject({ read: 'off', remarks: [] })
    expect(await power.state(never)).toBe('off')
  })
  expect(events.map(({ to }) => to)).toEqual(['on', 'off'])
})

test('a cycle is off, the shortest off time, on', async () => {
  const power = open({ state: await tempFolder(), shortestOff: 0.7 })
  const events = await eventsOf(() => power.cycle(never))
  const [off, on] = events
  expect(events.map(({ to }) => to)).toEqual(['off', 'on'])
  expect((on?.begin ?? 0) - (off?.end ?? 0)).toBeGreaterThanOrEqual(700)
  expect(await outlets.read('1')).toBe('on')
})

test('the shortest off time is kept across processes', async () => {
  const state = await tempFolder()
  const [off] = await eventsOf(() => elsewhere('off', state, '1'))
  const [on] = await eventsOf(() => open({ state, shortestOff: 1.5 }).on(never))
  expect((on?.begin ?? 0) - (off?.end ?? 0)).toBeGreaterThanOrEqual(1500)
})

test('an off of what is off already does not start the shortest off time again', async () => {
  const state = await tempFolder()
  const power = open({ state, shortestOff: 600 })
  await power.off(never)
  const file = (await memoryFile(state)) ?? ''
  const remembered = await readFile(file, 'utf8')
  await power.off(never)
  const offOf = (text: string): unknown =>
    (JSON.parse(text) as { outlets: Record<string, { off: number }> }).outlets['1']?.off
  expect(offOf(await readFile(file, 'utf8'))).toBe(offOf(remembered))
})

test('two outlets of one PDU are switched one at a time, and their inrush is spaced', async () => {
  const state = await tempFolder()
  for (const outlet of ['1', '2']) await outlets.behave(outlet, 'slow')
  const [first, second] = ['1', '2'].map((outlet) => open({ state, outlet, spacing: 1 }))
  const events = await eventsOf(async () => {
    await Promise.all([first?.on(never), second?.on(never)])
    await Promise.all([first?.off(never), second?.off(never)])
  })
  expect(events.map(({ to }) => to)).toEqual(['on', 'on', 'off', 'off'])
  expectOneAtATime(events)
  expect((events[1]?.begin ?? 0) - (events[0]?.end ?? 0)).toBeGreaterThanOrEqual(1000)
  // Nobody waits to be switched off.
  expect((events[3]?.begin ?? 0) - (events[2]?.end ?? 0)).toBeLessThan(1000)
})

test('places of two processes on one PDU are switched one at a time, spacing kept', async () => {
  const state = await tempFolder()
  for (const outlet of ['1', '2']) await outlets.behave(outlet, 'slow')
  const events = await eventsOf(() =>
    Promise.all([open({ state, outlet: '1', spacing: 1 }).on(never), elsewhere('on', state, '2', 1)]),
  )
  expectOneAtATime(events)
  const [first, second] = events
  expect(events.map(({ to }) => to)).toEqual(['on', 'on'])
  expect((second?.begin ?? 0) - (first?.end ?? 0)).toBeGreaterThanOrEqual(1000)
})

test('an off is not kept waiting behind an on that waits for its time', async () => {
  const state = await tempFolder()
  await open({ state, outlet: '1', spacing: 600 }).on(never)
  const controller = new AbortController()
  const events = await eventsOf(async () => {
    const waiting = open({ state, outlet: '2', spacing: 600 }).on(controller.signal)
    expect(await open({ state, outlet: '1', spacing: 600 }).off(never)).toMatchObject({ read: 'off' })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
  expect(events).toMatchObject([{ outlet: '1', to: 'off' }])
})

test('an off during a cycle ends off, although nobody stopped the cycle', async () => {
  const state = await tempFolder()
  const cycling = open({ state, shortestOff: 1 }).cycle(never)
  await nextCommand()
  await open({ state, shortestOff: 1 }).off(never)
  await expect(cycling).rejects.toThrow('Outlet 1 of PDU desk was switched off by another command before')
  expect(await outlets.read('1')).toBe('off')
})

test('an on that was aborted in flight is waited for by the off that follows', async () => {
  const state = await tempFolder()
  const power = open({ state })
  await outlets.behave('1', 'slow')
  const controller = new AbortController()
  const events = await eventsOf(async () => {
    const switching = power.on(controller.signal)
    await awaitSent(state, 'on')
    controller.abort(new Error('torn down'))
    const off = power.off(never)
    await expect(switching).rejects.toThrow('torn down')
    expect(await off).toMatchObject({ read: 'off' })
  })
  expect(events.map(({ to }) => to)).toEqual(['on', 'off'])
  expectOneAtATime(events)
  expect(await outlets.read('1')).toBe('off')
})

test('a PDU that says on after off is told once more, and then its place is broken', async () => {
  const power = open({ state: await tempFolder(), patience: 0.6 })
  await outlets.behave('1', 'says-on')
  const events = await eventsOf(() =>
    expect(power.off(never)).rejects.toMatchObject({
      code: 'PlaceBroken',
      message: 'PDU desk says on of outlet 1, which was told off.',
    }),
  )
  expect(events.map(({ to }) => to)).toEqual(['off', 'off'])
})

test('a relay that stuck once is off after the second command, which is told', async () => {
  const power = open({ state: await tempFolder(), patience: 0.6 })
  await power.on(never)
  await outlets.behave('1', 'stuck-once')
  const off = await power.off(never)
  expect(off).toMatchObject({ read: 'off' })
  expect(off.remarks).toEqual(['PDU desk said on of outlet 1 after it was told off; it was told once more.'])
})

test('a relay that does not close is told, and an on is not sent twice for it', async () => {
  const power = open({ state: await tempFolder(), patience: 0.6 })
  await power.off(never)
  await outlets.behave('1', 'stuck')
  const events = await eventsOf(() =>
    expect(power.on(never)).rejects.toThrow('PDU desk says off of outlet 1, which was told on.'),
  )
  expect(events).toHaveLength(1)
})

test('a set whose answer was lost is asked about and not sent again', async () => {
  const [relayPort = 0] = await freePorts(1)
  const relay = await startUdpRelay(relayPort, port)
  onTestFinished(() => relay.stop())
  const power = open({ state: await tempFolder(), at: relayPort })
  relay.drop(1)
  const events = await eventsOf(async () => {
    const on = await power.on(never)
    expect(on.read).toBe('on')
    expect(on.remarks).toEqual([expect.stringMatching(/gave no answer in 6 s.* It was asked what it did\.$/)])
  })
  expect(events.map(({ to }) => to)).toEqual(['on'])
  expect(relay.asked()).toBe(2)
})

test('a set that was lost itself is sent again once the outlet says that it did not happen', async () => {
  const state = await tempFolder()
  const [relayPort = 0] = await freePorts(1)
  const relay = await startUdpRelay(relayPort, port)
  onTestFinished(() => relay.stop())
  const power = open({ state, at: relayPort, patience: 0.6 })
  await power.off(never)
  relay.lose(1)
  const events = await eventsOf(async () => expect(await power.on(never)).toMatchObject({ read: 'on' }))
  expect(events.map(({ to }) => to)).toEqual(['on'])
})

test('what a killed process had in flight is undone: an off after it stays off', async () => {
  const state = await tempFolder()
  await outlets.behave('1', 'slow')
  const owner = start('on', state, '1')
  await awaitSent(state, 'on')
  owner.kill('SIGKILL')
  const off = await open({ state, patience: 2 }).off(never)
  expect(off.read).toBe('off')
  expect(await outlets.read('1')).toBe('off')
  // The on was under way when the process died; for as long as it could come late, off was looked at again.
  expect(Date.now() - off.at).toBeGreaterThan(5000)
})

test('a PDU that is gone is told, and nothing is left behind', async () => {
  const [nobody = 0] = await freePorts(1)
  const power = open({ state: await tempFolder(), at: nobody, patience: 0 })
  await expect(power.off(never)).rejects.toMatchObject({
    retryable: true,
    message: expect.stringContaining('gave no answer'),
  })
})

function expectOneAtATime(events: OutletEvent[]): void {
  for (const [index, event] of events.entries())
    if (index > 0) expect(event.begin).toBeGreaterThanOrEqual(events[index - 1]?.end ?? 0)
}

/** Another process that switches. */
function start(to: 'on' | 'off', state: string, outlet: string, spacing = 0) {
  const from = (file: string): string =>
    JSON.stringify(join(import.meta.dirname, '../../../../targets/board/power', file))
  const script = `
    import { createPowerSwitch } from ${from('power-switch.ts')}
    import { snmpOutlet } from ${from('snmp-outlet.ts')}
    const pdu = ${JSON.stringify(specOf(port, spacing))}
    const options = { pdu, outlet: '${outlet}', driver: snmpOutlet(pdu, '${outlet}'), shortestOff: 0, folder: ${JSON.stringify(state)} }
    await createPowerSwitch(options).${to}(new AbortController().signal)
  `
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function elsewhere(to: 'on' | 'off', state: string, outlet: string, spacing = 0): Promise<void> {
  const [code] = (await once(start(to, state, outlet, spacing), 'exit')) as [number]
  if (code !== 0) throw new Error(`the other process ended with code ${code}`)
}
