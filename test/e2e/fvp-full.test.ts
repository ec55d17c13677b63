/**
 * stacks/fvp-full.yaml on QEMU's machine, since what is made for Arm's FVP runs nowhere else: its EDK2, byte for byte, which
 * finds the machine by its device tree and what it starts in memory; and its partitions of OP-TEE, with the TPM at the other
 * end of a UART. TF-A and OP-TEE's core are those of the full stack (fvp-full-on-qemu.yaml).
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtStack, fvpFull } from '../builds/firmware/built-stack.ts'
import { cellOf, type RunDocument } from './documents.ts'
import { bootOnQemu, cmdline } from './fvp-full-boot.ts'
import { useLab } from './lab.ts'

const lab = useLab('fvp-full')
const thread = fileURLToPath(new URL('../../plans/thread-6.18.yaml', import.meta.url))
const onQemu = fileURLToPath(new URL('fvp-full-on-qemu.yaml', import.meta.url))

let said: string
let heardByTpm: string
let edk2: Buffer[]

beforeAll(async () => {
  const only = ['--only', 'config=ffa=y', '--only', 'stack=full', '--only', 'mode=nvhe']
  const document = await lab.json<RunDocument>('run', thread, ...only)
  const attempt = cellOf(document, { mode: 'nvhe' }).attempts[0]!.id
  // Its kernel and its initrd; whatever becomes of a host that answers, init goes on without one.
  const { files } = await lab.json<{ files: { image: string; initrd: string } }>('reproduce', attempt)
  const folder = join(lab.state, 'fvp-full')
  await mkdir(folder)
  const stack = await builtStack(onQemu, folder)
  const bl33 = stack.get('bl33')!
  edk2 = [await readFile(bl33), await readFile((await builtStack(fvpFull, folder)).get('bl33')!)]
  const boot = await bootOnQemu(folder, { ...files, firmware: stack.get('qemu_fw.bios')!, bl33 })
  said = boot.said
  heardByTpm = boot.heardByTpm
})

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

describe("OP-TEE's partition for EFI variables", () => {
  it('takes one from Linux, gives it back, and forgets it', () => {
    for (const step of ['write', 'read', 'delete'])
      expect(said).toMatch(new RegExp(`"when":"after-modules","step":"${step}","name":"HyplabTest-[^}]*"rc":0`))
  })
})

describe("OP-TEE's partition for a TPM at the other end of a UART", () => {
  it('is found by Linux, whose IMA has a TPM', () => {
    expect(said).toMatch(/ARM FF-A: Firmware version 1\.\d+ found/)
    expect(said).not.toMatch(/No TPM chip found/)
    expect(said).toMatch(/"fact":"tpm-command","device":"\/dev\/tpm0","command":"TPM2_GetRandom"[^}]*"rc":0/)
  })

  it('has had EDK2 and Linux speak to the TPM', () => {
    // TPM2_Startup of OP-TEE's own, TPM2_PCR_Extend of EDK2 and IMA (TCG TPM 2.0 Library, Part 2, 6.5.2).
    expect(heardByTpm).toContain('80 01 00 00 00 0C 00 00 01 44 00 00')
    expect(heardByTpm.match(/80 02 00 00 00 [0-9A-F]{2} 00 00 01 82/g)!.length).toBeGreaterThan(10)
  })
})
