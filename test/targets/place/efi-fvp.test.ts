import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { MachineSetup } from '../../../domain/machine-setup.ts'
import { keptToReproduce, reproduction } from '../../../targets/adapters.ts'
import { keptModel } from '../../../targets/fvp/kept-model.ts'
import type { TargetOrder } from '../../../targets/target-order.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { never, script, TestClaim } from '../fvp/stand-in.ts'
import { fvpOrder, fvpPlace, setup as kernelSetup } from './fvp-place.ts'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

/** How a stack with EDK2 wants a model to be set up. */
const setup: MachineSetup = {
  ...kernelSetup,
  boot: 'efi',
  services: ['tpm'],
  tpm: { banks: ['sha256'], partition: 0x8002 },
  fvp: {
    ...kernelSetup.fvp!,
    initrd: 0xd8000000,
    fwCfg: { at: 0xc8000000, kernel: 0xc8200000 },
    acpi: ['facp.aml', 'dsdt.aml'],
    tpm: 'terminal_3',
  },
}

async function efiOrder(changes: Partial<TargetOrder> = {}): Promise<TargetOrder> {
  const order = await fvpOrder({ setup, ...changes })
  const files = await tempFolder()
  for (const [name, text] of [
    ['bl33', 'EDK2'],
    ['facp.aml', 'FACP table'],
    ['dsdt.aml', 'DSDT table'],
  ] as const) {
    await writeFile(join(files, name), text)
    order.files.firmware[name === 'bl33' ? name : `firmware/${name}`] = join(files, name)
  }
  return order
}

/** Has the stand-in run an order to its end. */
async function boot(order: TargetOrder): Promise<void> {
  await script([{ say: 'NS' }, { end: 'off' }])
  const powered = await fvpPlace().powerUp(order, { files: [], remarks: [] })(new TestClaim(), never)
  onTestFinished(() => powered.forceOff())
  for (const { stream } of powered.lines) stream.resume()
  await powered.go()
  await powered.ended
  await powered.askOff()
}

test('EDK2, its device tree and what it is to start lie in memory where the stack says', async () => {
  const order = await efiOrder()
  await boot(order)
  const { image, initrd, firmware } = order.files
  const fwCfg = join(order.folder, 'kept/fw-cfg')
  const places = [
    [firmware['bl33'], '0x84000000'],
    [firmware['firmware/fvp.dtb'], '0x8fe00000'],
    [fwCfg, '0xc8000000'],
    [image, '0xc8200000'],
    [initrd, '0xd8000000'],
  ]
  const words = keptModel(order.folder)!.arguments.join(' ')
  expect(words).toContain(places.map(([file, at]) => `--data cluster0.cpu0=${file}@${at}`).join(' '))
  const said = await readFile(fwCfg, 'latin1')
  expect(said).toContain('class=1 kvm-arm.mode=protected panic=-1 console=ttyAMA0')
  expect(said).toMatch(/rdinit=\/init panic=0 acpi=force\0/)
  expect(said).toMatch(/FACP tableDSDT table/)
  expect(said).toContain('etc/table-loader')
  // The stack's device tree is EDK2's as it is: there is none of the attempt's own.
  await expect(readFile(join(order.folder, 'kept/fvp.dtb'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test.each<[string, Partial<NonNullable<MachineSetup['fvp']>>, RegExp]>([
  [
    'a kernel that reaches into its initrd',
    { initrd: 0xc8200004 },
    /^Image lies at 0xc8200000 in the model's memory and reaches to 0xc8200008, over initrd at 0xc8200004: give/,
  ],
  [
    'a directory that reaches into the kernel',
    { fwCfg: { at: 0xc81fff00, kernel: 0xc8200000 } },
    /^fw-cfg lies at 0xc81fff00 .* over Image at 0xc8200000: give/,
  ],
  ['a table that was not made', { acpi: ['apic.aml'] }, /^The stack has no product apic\.aml: build it again\.$/],
])('%s is refused before a model is started', async (_, changes, message) => {
  const order = await efiOrder({ setup: { ...setup, fvp: { ...setup.fvp!, ...changes } } })
  const up = fvpPlace().powerUp(order, { files: [], remarks: [] })
  await expect(up(new TestClaim(), never)).rejects.toMatchObject({ message: expect.stringMatching(message) })
  expect(keptModel(order.folder)).toBeUndefined()
})

test('a boot by EDK2 is done again with what it was told, and a person is told how the model gets its TPM', async () => {
  const order = await efiOrder()
  await boot(order)
  const { target, cmdline, files } = order
  expect(keptToReproduce(target, ['model.json', 'fw-cfg', 'fvp.log'])).toEqual(['model.json', 'fw-cfg'])
  const store = await tempFolder()
  await writeFile(join(store, 'e5'), await readFile(join(order.folder, 'kept/model.json')))
  await writeFile(join(store, 'f6'), await readFile(join(order.folder, 'kept/fw-cfg')))
  const kept = { 'model.json': join(store, 'e5'), 'fw-cfg': join(store, 'f6') }
  const again = { attempt: '1.1.1', place: 'lab/model-1', target, setup, files, cmdline, kept }
  const { command, advice } = reproduction(again)
  expect(command).toContain(`--data cluster0.cpu0=${join(store, 'f6')}@0xc8000000`)
  expect(command).not.toContain(order.folder)
  expect(advice).toContain('The TPM is at the other end of terminal_3. Before the start: `mkdir tpm && swtpm_setup ')
  expect(advice).toContain('`socat TCP:127.0.0.1:PORT UNIX:tpm/wire`')
})
