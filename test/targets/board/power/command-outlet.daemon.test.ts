import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PduSpec } from '../../../../domain/lab/pdu-spec.ts'
import { freePorts } from '../../../../host/free-port.ts'
import { createPowerSwitch } from '../../../../targets/board/power/power-switch.ts'
import { openOutlet } from '../../../../targets/board/power/open-outlet.ts'
import { linkHosts, type HostLinks } from '../../../../targets/hosts/host-links.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { makeFileOutlets, type FileOutlets } from '../../../rack/outlets.ts'
import { startSshd, type Sshd } from '../../../rack/sshd.ts'

const never = new AbortController().signal
let folder: string
let outlets: FileOutlets
let sshd: Sshd
let links: HostLinks

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-command-'))
  outlets = await makeFileOutlets(join(folder, 'outlets'), ['1'])
  const [port = 0] = await freePorts(1)
  sshd = await startSshd({ folder: join(folder, 'sshd'), port })
  links = linkHosts({ here: { name: 'here', at: 'here' }, far: sshd.host('far') })
})

afterAll(async () => {
  await links.close()
  await sshd.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => outlets.behave('1', ''))

describe.each(['here', 'far'])('commands on host %s', (host) => {
  const open = (extra: Partial<PduSpec & { kind: 'command' }> = {}) =>
    openOutlet(
      {
        name: 'desk',
        at: 'labs/test.yaml:3:5',
        spacing: 0,
        kind: 'command',
        host,
        on: [...outlets.set, '{outlet}', 'on'],
        off: [...outlets.set, '{outlet}', 'off'],
        state: { run: [...outlets.state, '{outlet}'], on: '^on$', off: '^off$' },
        ...extra,
      },
      '1',
      (name) => links.link(name),
    )

  test('switch and read an outlet', async () => {
    const outlet = open()
    for (const to of ['on', 'off'] as const) {
      await outlet.set(to, never)
      expect(await outlet.state(never)).toBe(to)
      expect(await outlets.read('1')).toBe(to)
    }
  })

  test('a command that fails is quoted', async () => {
    await outlets.behave('1', 'refuse')
    await expect(open().set('on', never)).rejects.toThrow(
      'PDU desk did not switch outlet 1 on: the command ended with code 1 and said "relay 1 is stuck".',
    )
  })

  test('a command that failed after it had switched is believed when the outlet says so', async () => {
    const script = `${outlets.set.join(' ')} 1 $1; exit 1`
    const power = createPowerSwitch({
      pdu: { name: 'desk', at: '', spacing: 0, kind: 'command', host, on: [], off: [] },
      outlet: '1',
      driver: open({ off: ['sh', '-c', script, 'sh', 'off'] }),
      shortestOff: 0,
      folder: await tempFolder(),
    })
    const off = await power.off(never)
    expect(off.read).toBe('off')
    expect(off.remarks).toEqual([expect.stringMatching(/ended with code 1 .* It was asked what it did\.$/)])
  })

  test('a command that cannot be started switched nothing, and is not tried twice', async () => {
    const error: unknown = await open({ off: ['hyplab-no-such-command'] })
      .set('off', never)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('ended with code 127') })
  })

  test('what neither pattern fits is a fault that quotes it, although the code is 0', async () => {
    const run = ['echo', 'No Such Instance currently exists at this OID']
    await expect(open({ state: { run, on: '= 1$', off: '= 2$' } }).state(never)).rejects.toThrow(
      'PDU desk says neither on nor off of outlet 1: the command ended with code 0 and said "No Such Instance currently exists at this OID".',
    )
  })

  test('what both patterns fit is a fault', async () => {
    await expect(open({ state: { run: ['echo', 'on off'], on: 'on', off: 'off' } }).state(never)).rejects.toThrow(
      'says neither on nor off of outlet 1',
    )
  })

  test('without a question it can only say that it does not know', async () => {
    const { state: _, ...spec } = { state: undefined, kind: 'command' as const }
    const outlet = openOutlet(
      { ...spec, name: 'desk', at: '', spacing: 0, host, on: ['true'], off: ['true'] },
      '1',
      (name) => links.link(name),
    )
    expect(outlet.readsBack).toBe(false)
    expect(await outlet.state(never)).toBe('unknown')
  })
})
