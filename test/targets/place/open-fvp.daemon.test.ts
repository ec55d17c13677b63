import { chmod, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePorts } from '../../../host/free-port.ts'
import { reproduction } from '../../../targets/adapters.ts'
import { keptModel } from '../../../targets/fvp/kept-model.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startSshd } from '../../rack/sshd.ts'
import { Heard, never, standIn, TestClaim } from '../fvp/stand-in.ts'
import { fvpOrder, fvpPlace, setup } from './fvp-place.ts'

vi.setConfig({ testTimeout: 90_000 })

test("a model on a place's host has what it boots copied there, and is done again with the files of this host", async () => {
  const [port = 0] = await freePorts(1)
  const sshd = await startSshd({ folder: join(await tempFolder(), 'sshd'), port })
  onTestFinished(() => sshd.stop())
  // sshd hands no environment on.
  const folder = await tempFolder()
  const [steps, binary] = [join(folder, 'script.json'), join(folder, 'FVP_Base_RevC-2xAEMvA')]
  // It waits to be spoken to: over there it is stopped later than it could have ended.
  await writeFile(steps, JSON.stringify([{ say: 'NS' }, { say: 'secure', on: 1 }, { hear: 1 }, { end: 'off' }]))
  await writeFile(binary, `#!/bin/sh\nFVP_STANDIN=script:${steps} exec ${standIn} "$@"\n`)
  await chmod(binary, 0o755)

  const place = fvpPlace({ binary, host: 'bench', hosts: { bench: sshd.host('bench') } })
  const order = await fvpOrder()
  const powered = await place.powerUp(order, { files: [], remarks: [] })(new TestClaim(), never)
  onTestFinished(() => powered.forceOff())
  const heard = powered.lines.map(({ stream }) => new Heard(stream))
  const { host, files } = keptModel(order.folder)!
  expect(host).toBe('bench')
  expect(Object.values(files).toSorted()).toEqual(['Image', 'firmware/fip.bin', 'fvp.dtb', 'initrd'])
  const tree = Object.keys(files).find((path) => files[path] === 'fvp.dtb')!
  const kept = join(order.folder, 'kept/fvp.dtb')
  expect(await readFile(tree)).toEqual(await readFile(kept))
  await powered.go()
  powered.lines[0]!.stream.write('\n')
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  await powered.askOff()
  expect(heard.map((one) => one.text())).toEqual(['NS', 'secure'])
  expect(existsSync(dirname(tree))).toBe(false)

  const { command, advice } = reproduction({
    attempt: '1.1.1',
    place: 'lab/model-1',
    target: order.target,
    setup,
    files: order.files,
    cmdline: order.cmdline,
    kept: { 'model.json': join(order.folder, 'kept/model.json'), 'fvp.dtb': kept },
  })
  for (const there of Object.keys(files)) expect(command).not.toContain(there)
  expect(command).toContain(`cluster0.cpu0=${order.files.image}@0x84000000`)
  expect(advice).toMatch(/^The model was on the host bench; here it must be at the same path\. /)
})
