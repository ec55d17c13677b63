/** Boots what stacks/fvp-full.yaml makes on QEMU's machine; see fvp-full.test.ts. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { usualTpm } from '../../domain/machine-setup.ts'
import { bootCmdline } from '../../domain/virt-machine.ts'
import { fileItems, fwCfgImage, kernelItems, tableFiles } from '../../targets/fvp/fw-cfg.ts'
import { attachTpm, startModelTpm } from '../../targets/fvp/tpm.ts'
import { dumpTables } from '../../targets/qemu/acpi-dump.ts'
import { dsdtWithTpm, tpm2Table } from '../../targets/qemu/acpi-tables.ts'
import { bareArguments, machineBelow, qemu, type MachineOrder } from '../../targets/qemu/machine.ts'
import { swtpmLog } from '../../targets/swtpm.ts'

/** Where the recipe for the FVP has it, too: behind RAM and services. */
const [bl33At, fwCfgAt, kernelAt, initrdAt] = [0x84000000, 0xc8000000, 0xc8200000, 0xd8000000]
const fwCfgSize = 0x20000000
/** Longer than a boot and init's waiting for a host that does not come, milliseconds. */
const patience = 400_000

/** The kernel's command line. */
export const cmdline = bootCmdline('efi', 'initcall_debug ignore_loglevel ima_policy=tcb kvm-arm.mode=nvhe', 0)

const hex = (address: number): string => `0x${address.toString(16)}`
const never = new AbortController().signal

/** What is booted: absolute paths. */
export interface Booted {
  firmware: string
  bl33: string
  image: string
  initrd: string
}

/**
 * Boots it to its end, with a TPM of its own at the other end of the second UART.
 * @param folder an empty one, for what is made
 * @returns what the normal world said, and swtpm's log
 */
export async function bootOnQemu(folder: string, files: Booted): Promise<{ said: string; heardByTpm: string }> {
  const order = {
    target: { kind: 'qemu', name: 'qemu', cpu: 'max,sme=off,pauth-impdef=on', smp: 2, memory: 2048 },
    setup: { consoles: {}, boot: 'efi', bl33: bl33At, services: ['tpm', 'efi-variables'], tpm: usualTpm },
    files,
    cmdline: '',
  } satisfies MachineOrder
  const machine = withRoom(machineBelow(order))
  const tree = await deviceTree(machine, join(folder, 'machine.dtb'))
  const image = join(folder, 'fw-cfg')
  await writeFile(image, await fwCfg(machine, files, join(folder, 'dump.log')))
  const tpm = await startModelTpm(folder, usualTpm.banks, never)
  const wire = createServer((socket) => attachTpm(tpm, socket, folder)).listen(join(folder, 'wire'))
  try {
    await once(wire, 'listening')
    const loaded = [
      put(files.bl33, bl33At),
      put(image, fwCfgAt),
      put(files.image, kernelAt),
      put(files.initrd, initrdAt),
    ]
    const second = ['-chardev', `socket,id=wire,path=${join(folder, 'wire')}`, '-serial', 'chardev:wire']
    const args = [...bareArguments, ...machine, '-dtb', tree, ...loaded.flat(), '-serial', 'stdio', ...second]
    const { stdout } = await execa(qemu, args, { stdin: 'ignore', reject: false, timeout: patience })
    return { said: stdout, heardByTpm: await readFile(join(folder, 'kept', swtpmLog), 'latin1') }
  } finally {
    wire.close()
    await tpm.stop()
  }
}

function put(file: string, at: number): string[] {
  return ['-device', `loader,file=${file},addr=${hex(at)},force-raw=on`]
}

/** The machine with memory for what EDK2 reads in place of fw_cfg, which is in no device tree. */
function withRoom(machine: string[]): string[] {
  const sized = machine.map((word) =>
    word.replace(/^2048,slots=1,maxmem=(\d+)M$/, (_, most) => `2048,slots=2,maxmem=${Number(most) + 1024}M`),
  )
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
async function fwCfg(machine: string[], { image, initrd }: Booted, logFile: string): Promise<Uint8Array> {
  const all = Buffer.from(await dumpTables(machine, logFile, never))
  const tables: Buffer[] = []
  for (let at = 0; at + 36 <= all.length && all.readUInt32LE(at + 4) >= 36; at += all.readUInt32LE(at + 4))
    tables.push(all.subarray(at, at + all.readUInt32LE(at + 4)))
  const signature = (table: Buffer): string => table.toString('latin1', 0, 4)
  const dsdt = tables.find((table) => signature(table) === 'DSDT')
  if (!dsdt) throw new Error("QEMU's tables have no DSDT.")
  const others = tables.filter((table) => !['DSDT', 'XSDT', 'RSDT'].includes(signature(table))).map(withChecksum)
  const told = tableFiles([...others, dsdtWithTpm(dsdt), tpm2Table(usualTpm.partition)])
  const [kernel, ramDisk] = [await readFile(image), await readFile(initrd)]
  const start = kernelItems({ at: kernelAt, size: kernel.length }, { at: initrdAt, size: ramDisk.length }, cmdline)
  return fwCfgImage(fwCfgAt, [...start, ...fileItems(told)])
}

function withChecksum(table: Uint8Array): Uint8Array {
  const bytes = Buffer.from(table)
  bytes[9] = 0
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
  return bytes
}
