import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freePorts } from '../../../../host/free-port.ts'
import { createPowerSwitch } from '../../../../targets/board/power/power-switch.ts'
import { pdudaemonOutlet } from '../../../../targets/board/power/pdudaemon-outlet.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import type { Daemon } from '../../../rack/daemon.ts'
import { makeFileOutlets, type FileOutlets } from '../../../rack/outlets.ts'
import { startPdudaemon } from '../../../rack/pdudaemon.ts'
import { awaitSent } from './await-sent.ts'

const never = new AbortController().signal
let folder: string
let port: number
let daemon: Daemon
let outlets: FileOutlets

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-pdudaemon-'))
  outlets = await makeFileOutlets(join(folder, 'outlets'), ['1', '2'])
  port = (await freePorts(1))[0] ?? 0
  daemon = await startPdudaemon({ folder: join(folder, 'pdudaemon'), port, pdus: { rack: outlets } })
})

afterAll(async () => {
  await daemon.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => outlets.behave('1', ''))

const spec = (pdu = 'rack', at = port) =>
  ({
    name: 'desk',
    at: 'labs/test.yaml:3:5',
    spacing: 0,
    kind: 'pdudaemon',
    url: `http://127.0.0.1:${at}/`,
    pdu,
  }) as const

test('an outlet is switched, and never read', async () => {
  const outlet = pdudaemonOutlet(spec(), '1')
  for (const to of ['on', 'off'] as const) {
    await outlet.set(to, never)
    expect(await outlets.read('1')).toBe(to)
    expect(await outlet.state(never)).toBe('unknown')
  }
  expect(outlet.readsBack).toBe(false)
})

test('a command that failed is 200 to pdudaemon, so that the switch says unread', async () => {
  await outlets.behave('1', 'refuse')
  const power = createPowerSwitch({
    pdu: spec(),
    outlet: '1',
    driver: pdudaemonOutlet(spec(), '1'),
    shortestOff: 0,
    folder: await tempFolder(),
  })
  expect(await power.off(never)).toMatchObject({ read: 'unread' })
})

test('a PDU that it does not know is quoted with its 500', async () => {
  await expect(pdudaemonOutlet(spec('other'), '1').set('on', never)).rejects.toThrow(
    'pdudaemon of PDU desk refused /power/control/on: it answered 500 "Invalid request".',
  )
})

test('a daemon that is not there is told', async () => {
  const [nobody = 0] = await freePorts(1)
  await expect(pdudaemonOutlet(spec('rack', nobody), '1').set('on', never)).rejects.toThrow(
    `pdudaemon of PDU desk gave no answer at http://127.0.0.1:${nobody}: connect ECONNREFUSED`,
  )
})

test('an off during a cycle ends off, and reboot is never asked for', async () => {
  await outlets.behave('1', 'slow')
  const state = await tempFolder()
  const power = createPowerSwitch({
    pdu: spec(),
    outlet: '1',
    driver: pdudaemonOutlet(spec(), '1'),
    shortestOff: 0,
    folder: state,
  })
  const before = (await outlets.events()).length
  const controller = new AbortController()
  const cycling = power.cycle(controller.signal)
  await awaitSent(state, 'on')
  controller.abort(new Error('torn down'))
  const off = power.off(never)
  await expect(cycling).rejects.toThrow('torn down')
  expect(await off).toMatchObject({ read: 'unread' })
  expect((await outlets.events()).slice(before).map(({ to }) => to)).toEqual(['off', 'on', 'off'])
  expect(await outlets.read('1')).toBe('off')
  expect(daemon.log()).not.toContain('/power/control/reboot')
})
