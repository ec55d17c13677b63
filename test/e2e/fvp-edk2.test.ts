/**
 * EDK2 of stacks/fvp-full.yaml, byte for byte, on QEMU's machine: it finds the machine by its device tree and what it starts in
 * memory, so that the one that is made for Arm's FVP can be seen to do so. What is below it here is the full stack, since
 * TF-A and OP-TEE for the FVP run nowhere else.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { usualTpm } from '../../domain/machine-setup.ts'
import { bootCmdline } from '../../domain/virt-machine.ts'
import { fileItems, fwCfgImage, kernelItems, tableFiles } from '../../targets/fvp/fw-cfg.ts'
import { dumpTables } from '../../targets/qemu/acpi-dump.ts'
import { dsdtWithTpm, tpm2Table } from '../../targets/qemu/acpi-tables.ts'
import { builtFvpFull } from '../builds/firmware/built-fvp-full.ts'
import { cellOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const lab = useLab('fvp-edk2')
const thread = fileURLToPath(new URL('../../plans/thread-6.18.yaml', import.meta.url))
const never = new AbortController().signal

/** Where the FVP's stack has it, too: behind RAM and services. */
const fwCfg = { at: 0xc8000000, size: 0x20000000 }
const kernelAt = 0xc8200000
const initrdAt = 0xd8000000
const cell = 'initcall_debug ignore_loglevel panic=-1 ima_policy=tcb kvm-arm.mode=nvhe'

interface ByHand {
  command: string
  files: { image: string; initrd: string; bl33: string }
}

let said: string
let cmdline: string
beforeAll(async () => {
  const only = ['--only', 'config=ffa=y', '--only', 'stack=full', '--only', 'mode=nvhe']
  const document = await lab.json<RunDocument>('run', thread, ...only)
  const attempt = cellOf(document, { mode: 'nvhe' }).attempts[0]!.id
  const { command, files } = await lab.json<ByHand>('reproduce', attempt)
  const folder = lab.state
  const edk2 = (await builtFvpFull(folder)).get('bl33')!

  // The same machine, with memory for what EDK2 reads, and a device tree that tells of it and of no PCI, which the Base
  // platform's does not either.
  const machine = command
    .replace('slots=1,', 'slots=2,')
    .replace(/maxmem=(\d+)M/, (_, most) => `maxmem=${Number(most) + 1024}M`)
    .replaceAll(files.bl33, edk2)
  const boot = (...more: string[]) =>
    execa('sh', ['-c', machine.trimEnd().replace(/ \)$/, ` ${more.join(' ')} )`)], {
      cwd: folder,
      stdin: 'ignore',
      reject: false,
    })
  const tree = join(folder, 'machine.dtb')
  await boot('-machine', `dumpdtb=${tree}`)
  await execa('fdtput', ['-r', tree, '/pcie@10000000'])
  await execa('fdtput', ['-c', tree, '/fw-cfg@c8000000'])
  await execa('fdtput', ['-t', 's', tree, '/fw-cfg@c8000000', 'compatible', 'hyplab,fw-cfg-memory'])
  const cells = [0, fwCfg.at, 0, fwCfg.size].map((word) => word.toString(16))
  await execa('fdtput', ['-t', 'x', tree, '/fw-cfg@c8000000', 'reg', ...cells])

  cmdline = bootCmdline('efi', cell, 0)
  const [kernel, initrd] = [await readFile(files.image), await readFile(files.initrd)]
  const items = [
    ...kernelItems({ at: kernelAt, size: kernel.length }, { at: initrdAt, size: initrd.length }, cmdline),
    ...fileItems(tableFiles(await tablesOf(machine))),
  ]
  const image = join(folder, 'fw-cfg')
  await writeFile(image, fwCfgImage(fwCfg.at, items))
  const put = (file: string, at: number): string[] => [
    '-device',
    `loader,file=${file},addr=0x${at.toString(16)},force-raw=on`,
  ]
  const memory = `memory-backend-ram,id=fwcfg,size=${fwCfg.size}`
  const dimm = `pc-dimm,memdev=fwcfg,addr=0x${fwCfg.at.toString(16)}`
  const loaders = [...put(image, fwCfg.at), ...put(files.image, kernelAt), ...put(files.initrd, initrdAt)]
  const { stdout } = await boot('-dtb', tree, '-object', memory, '-device', dimm, ...loaders)
  said = stdout
})

/** QEMU's own tables for such a machine, with those that tell of the TPM. */
async function tablesOf(command: string): Promise<Uint8Array[]> {
  const words = ['-machine', '-cpu', '-smp', '-m', '-bios'].flatMap((option) => {
    const [, value] = new RegExp(` ${option} '?([^' ]+)'?`).exec(command)!
    return [option, value!]
  })
  const all = Buffer.from(await dumpTables(words, join(lab.state, 'dump.log'), never))
  const tables: Buffer[] = []
  for (let at = 0; at + 36 <= all.length && all.readUInt32LE(at + 4) >= 36; at += all.readUInt32LE(at + 4))
    tables.push(all.subarray(at, at + all.readUInt32LE(at + 4)))
  const signature = (table: Buffer): string => table.toString('latin1', 0, 4)
  expect(tables.map(signature)).toEqual(expect.arrayContaining(['DSDT', 'FACP', 'APIC', 'GTDT']))
  const others = tables.filter((table) => !['DSDT', 'XSDT', 'RSDT'].includes(signature(table)))
  const dsdt = tables.find((table) => signature(table) === 'DSDT')!
  return [...others.map(withChecksum), dsdtWithTpm(dsdt), tpm2Table(usualTpm.partition)]
}

function withChecksum(table: Uint8Array): Uint8Array {
  const bytes = Buffer.from(table)
  bytes[9] = 0
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
  return bytes
}

describe('EDK2 for the FVP, on a machine that its device tree describes', () => {
  it('starts the kernel that lies in memory, by EFI, with its command line and its initrd', () => {
    expect(said).toMatch(/efi: EFI v2\.\d+ by EDK II/)
    expect(said).toContain(`Kernel command line: ${cmdline}`)
    expect(said).toMatch(/Run \/init as init process/)
  })

  it('installs the ACPI tables that lie there, by which Linux finds the machine', () => {
    expect(said).toMatch(/ACPI: TPM2 0x[0-9A-F]+ 00004C \(v04 HYPLAB FFA-TPM/)
    expect(said).toMatch(/ACPI: Using GIC for interrupt routing|ACPI: Interpreter enabled/)
    expect(said).toMatch(/psci: PSCIv1\.\d+ detected in firmware/)
  })

  it('measures the boot into the TPM behind FF-A, and hands the log on', () => {
    expect(said).toMatch(/efi: .*TPMEventLog=0x[0-9a-f]+/)
    expect(said).toMatch(/tpm_crb|tpm tpm0|TPM2/)
    expect(said).not.toMatch(/No TPM chip found/)
  })

  it('ends when Linux does', () => {
    expect(said).toMatch(/reboot: Power down/)
  })
})
