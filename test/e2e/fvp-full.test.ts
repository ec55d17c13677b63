/**
 * stacks/fvp-full.yaml on QEMU's machine, since what is made for Arm's FVP runs nowhere else: its EDK2, byte for byte, which
 * finds the machine by its device tree and what it starts in memory; and its partitions of OP-TEE, with the TPM at the other
 * end of a UART. TF-A and OP-TEE's core are those of the full stack (fvp-full-on-qemu.yaml).
 */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usualTpm } from '../../domain/machine-setup.ts'
import { bootCmdline } from '../../domain/virt-machine.ts'
import { fileItems, fwCfgImage, kernelItems, tableFiles } from '../../targets/fvp/fw-cfg.ts'
import { attachTpm, startModelTpm } from '../../targets/fvp/tpm.ts'
import { dumpTables } from '../../targets/qemu/acpi-dump.ts'
import { dsdtWithTpm, tpm2Table } from '../../targets/qemu/acpi-tables.ts'
import { bareArguments, machineBelow, qemu, type MachineOrder } from '../../targets/qemu/machine.ts'
import { swtpmLog } from '../../targets/swtpm.ts'
import { builtStack, fvpFull } from '../builds/firmware/built-stack.ts'
import { cellOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const lab = useLab('fvp-full')
const thread = fileURLToPath(new URL('../../plans/thread-6.18.yaml', import.meta.url))
const onQemu = fileURLToPath(new URL('fvp-full-on-qemu.yaml', import.meta.url))

/** Where the recipe for the FVP has it, too: behind RAM and services. */
const [bl33At, fwCfgAt, kernelAt, initrdAt] = [0x84000000, 0xc8000000, 0xc8200000, 0xd8000000]
const fwCfgSize = 0x20000000
const cmdline = bootCmdline('efi', 'initcall_debug ignore_loglevel ima_policy=tcb kvm-arm.mode=nvhe', 0)
const hex = (address: number): string => `0x${address.toString(16)}`

let said: string
let heardByTpm: string
let edk2: Buffer[]
let stopTpm: (() => Promise<void>) | undefined

beforeAll(async () => {
  const only = ['--only', 'config=ffa=y', '--only', 'stack=full', '--only', 'mode=nvhe']
  const document = await lab.json<RunDocument>('run', thread, ...only)
  const attempt = cellOf(document, { mode: 'nvhe' }).attempts[0]!.id
  // Its kernel and its initrd; whatever becomes of a host that answers, init goes on without one.
  const { files } = await lab.json<{ files: { image: string; initrd: string } }>('reproduce', attempt)
  const folder = lab.state
  const stack = await builtStack(onQemu, folder)
  const bl33 = stack.get('bl33')!
  edk2 = [await readFile(bl33), await readFile((await builtStack(fvpFull, folder)).get('bl33')!)]

  const order: MachineOrder = {
    target: { kind: 'qemu', name: 'qemu', cpu: 'max,sme=off,pauth-impdef=on', smp: 2, memory: 2048 } as never,
    setup: { consoles: {}, boot: 'efi', bl33: bl33At, services: ['tpm', 'efi-variables'], tpm: usualTpm },
    files: { firmware: stack.get('qemu_fw.bios')!, bl33, ...files },
    cmdline: '',
  }
  const machine = withRoom(machineBelow(order))
  const tree = await deviceTree(machine, join(folder, 'machine.dtb'))
  const image = await fwCfg(machine, files, join(folder, 'fw-cfg'))
  const put = (file: string, at: number): string[] => ['-device', `loader,file=${file},addr=${hex(at)},force-raw=on`]

  const tpm = await startModelTpm(folder, ['sha256'], new AbortController().signal)
  stopTpm = () => tpm.stop()
  const wire = createServer((socket) => attachTpm(tpm, socket, folder)).listen(join(folder, 'wire'))
  await once(wire, 'listening')
  const consoles = [
    '-serial',
    'stdio',
    '-chardev',
    `socket,id=wire,path=${join(folder, 'wire')}`,
    '-serial',
    'chardev:wire',
  ]
  const loaded = [
    put(bl33, bl33At),
    put(image, fwCfgAt),
    put(files.image, kernelAt),
    put(files.initrd, initrdAt),
  ].flat()
  const args = [...bareArguments, ...machine, '-dtb', tree, ...loaded, ...consoles]
  // init waits 20 s for a host that does not come, and powers off.
  const { stdout } = await execa(qemu, args, { stdin: 'ignore', reject: false, timeout: 240_000 })
  wire.close()
  said = stdout
  heardByTpm = await readFile(join(folder, 'kept', swtpmLog), 'latin1')
})
afterAll(() => stopTpm?.())

/** The machine with memory for what EDK2 reads in place of fw_cfg, which is in no device tree. */
function withRoom(machine: string[]): string[] {
  const sized = machine.map((word) =>
    word.replace(/^2048,slots=1,maxmem=(\d+)M$/, (_, most) => `2048,slots=2,maxmem=${Number(most) + 1024}M`),
  )
  expect(sized).not.toEqual(machine)
  const dimm = `pc-dimm,memdev=fwcfg,addr=${hex(fwCfgAt)}`
  return [...sized, '-object', `memory-backend-ram,id=fwcfg,size=${fwCfgSize}`, '-device', dimm]
}

/** QEMU's device tree without PCI and fw_cfg, which the Base platform has not either, and with where EDK2 is to look. */
async function deviceTree(machine: string[], tree: string): Promise<string> {
  await execa(qemu, [...bareArguments, ...machine, '-machine', `dumpdtb=${tree}`])
  for (const node of ['/pcie@10000000', '/fw-cfg@9020000']) await execa('fdtput', ['-r', tree, node])
  const node = '/fw-cfg@c8000000'
  await execa('fdtput', ['-c', tree, node])
  await execa('fdtput', ['-t', 's', tree, node, 'compatible', 'hyplab,fw-cfg-memory'])
  await execa('fdtput', ['-t', 'x', tree, node, 'reg', '0', fwCfgAt.toString(16), '0', fwCfgSize.toString(16)])
  return tree
}

/** What EDK2 is to find in memory: kernel, initrd, command line, and QEMU's own tables with those that tell of the TPM. */
async function fwCfg(machine: string[], files: { image: string; initrd: string }, path: string): Promise<string> {
  const all = Buffer.from(await dumpTables(machine, join(lab.state, 'dump.log'), new AbortController().signal))
  const tables: Buffer[] = []
  for (let at = 0; at + 36 <= all.length && all.readUInt32LE(at + 4) >= 36; at += all.readUInt32LE(at + 4))
    tables.push(all.subarray(at, at + all.readUInt32LE(at + 4)))
  const signature = (table: Buffer): string => table.toString('latin1', 0, 4)
  expect(tables.map(signature)).toEqual(expect.arrayContaining(['DSDT', 'FACP', 'APIC', 'GTDT']))
  const dsdt = tables.find((table) => signature(table) === 'DSDT')!
  const others = tables.filter((table) => !['DSDT', 'XSDT', 'RSDT'].includes(signature(table))).map(withChecksum)
  const told = tableFiles([...others, dsdtWithTpm(dsdt), tpm2Table(usualTpm.partition)])
  const [kernel, initrd] = [await readFile(files.image), await readFile(files.initrd)]
  const start = kernelItems({ at: kernelAt, size: kernel.length }, { at: initrdAt, size: initrd.length }, cmdline)
  await writeFile(path, fwCfgImage(fwCfgAt, [...start, ...fileItems(told)]))
  return path
}

function withChecksum(table: Uint8Array): Uint8Array {
  const bytes = Buffer.from(table)
  bytes[9] = 0
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
  return bytes
}

describe("EDK2 of the FVP's stack, on another machine", () => {
  it('is the same, byte for byte', () => {
    expect(edk2[0]!.equals(edk2[1]!)).toBe(true)
  })

  it('starts the kernel that lies in memory, by EFI, with its command line and its initrd', () => {
    expect(said).toMatch(/efi: EFI v2\.\d+ by EDK II/)
    expect(said).toContain(`Kernel command line: ${cmdline}`)
    expect(said).toMatch(/Run \/init as init process/)
    expect(said).toMatch(/reboot: Power down/)
  })

  it('installs the ACPI tables that lie there, by which Linux finds the machine', () => {
    expect(said).toMatch(/ACPI: TPM2 0x[0-9A-F]+ 00004C \(v04 HYPLAB FFA-TPM/)
    expect(said).toMatch(/psci: PSCIv1\.\d+ detected in firmware/)
  })

  it('measures the boot, and hands the log on', () => {
    expect(said).toMatch(/efi: .*TPMEventLog=0x[0-9a-f]+/)
    expect(said).toMatch(/efi: .*TPMFinalLog=0x[0-9a-f]+/)
  })
})

describe("OP-TEE's partition for a TPM at the other end of a UART", () => {
  it('is found by Linux, whose IMA has a TPM', () => {
    expect(said).toMatch(/ARM FF-A: Firmware version 1\.\d+ found/)
    expect(said).not.toMatch(/No TPM chip found/)
  })

  it('has had EDK2 and Linux speak to the TPM', () => {
    // TPM2_Startup of OP-TEE's own, TPM2_PCR_Extend of EDK2 and IMA (TCG TPM 2.0 Library, Part 2, 6.5.2).
    expect(heardByTpm).toContain('80 01 00 00 00 0C 00 00 01 44 00 00')
    expect(heardByTpm.match(/80 02 00 00 00 [0-9A-F]{2} 00 00 01 82/g)!.length).toBeGreaterThan(10)
  })
})
