import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Inventory, LabPlace } from '../../../../domain/lab/inventory.ts'
import { powerOfPlace } from '../../../../targets/board/power/place-power.ts'
import { linkHosts } from '../../../../targets/hosts/host-links.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { makeFileOutlets } from '../../../rack/outlets.ts'

const never = new AbortController().signal
const at = 'labs/test.yaml:9:3'

const placeOf = (power: LabPlace['power']): LabPlace => ({
  name: 'board-1',
  at,
  class: 'rk3588',
  tags: [],
  host: 'here',
  firmware: 'takes',
  consoles: {},
  limits: { firstByte: 5, offSilence: 2, shortestOff: 0.5 },
  ...(power && { power }),
})

test('a place is switched by the commands of its PDU, with its own shortest off time', async () => {
  const folder = await tempFolder()
  const outlets = await makeFileOutlets(join(folder, 'outlets'), ['7'])
  const lab: Inventory = {
    name: 'test',
    file: '/labs/test.yaml',
    hosts: { here: { name: 'here', at } },
    pdus: {
      desk: {
        name: 'desk',
        at,
        spacing: 0,
        kind: 'command',
        host: 'here',
        on: [...outlets.set, '{outlet}', 'on'],
        off: [...outlets.set, '{outlet}', 'off'],
        state: { run: [...outlets.state, '{outlet}'], on: '^on$', off: '^off$' },
      },
    },
    classes: {},
    places: {},
  }
  const links = linkHosts(lab.hosts)
  onTestFinished(() => links.close())
  const power = powerOfPlace(lab, placeOf({ pdu: 'desk', outlet: '7', at }), links, join(folder, 'state'))
  expect(await power.cycle(never)).toMatchObject({ read: 'on' })
  expect(await power.state(never)).toBe('on')
  const [off, on] = await outlets.events()
  expect((on?.begin ?? 0) - (off?.end ?? 0)).toBeGreaterThanOrEqual(500)
  expect(await power.off(never)).toMatchObject({ read: 'off' })
  expect(() => powerOfPlace(lab, placeOf(undefined), links, folder)).toThrow(`Place board-1 (${at}) has no power`)
  expect(() => powerOfPlace(lab, placeOf({ pdu: 'x', outlet: '7', at }), links, folder)).toThrow(
    'hangs on PDU x, which',
  )
})
