/** Firmware that breaks on a real boot: the image of the stack optee-sel1, of which a few instructions are overwritten. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Shown } from '../../domain/attempt.ts'
import { readLines } from '../../domain/console/line-reader.ts'
import type { Finding } from '../../domain/finding.ts'
import { judge } from '../../domain/probes/registry.ts'
import { endingOf, type AttemptEnding } from '../../domain/verdict/ending.ts'
import { artifactPath } from '../../store/artifacts.ts'
import { bootQemu } from '../targets/qemu/boot-qemu.ts'
import { virtConsoles } from '../targets/qemu/orders.ts'
import { branchWithLink, damage } from './damaged-firmware.ts'
import { useLab } from './lab.ts'

const lab = useLab('firmware-faults')
let image: Buffer
beforeAll(async () => {
  const { sha256 } = await lab.store.database
    .selectFrom('products')
    .select('sha256')
    .where('name', '=', 'qemu_fw.bios')
    .executeTakeFirstOrThrow()
  image = await readFile(artifactPath(lab.store, sha256))
})

/** Boots an image; what it comes to, judged as an attempt is. It is given up soon: firmware that broke says nothing more. */
async function boot(name: string, firmware: Buffer): Promise<AttemptEnding & { fault: Finding; shown: Shown }> {
  const root = join(lab.state, name)
  const folder = join(root, 'attempt')
  await mkdir(folder, { recursive: true })
  const path = join(root, 'qemu_fw.bios')
  await writeFile(path, firmware)
  const end = await bootQemu(
    {
      folder,
      target: { kind: 'qemu', name: 'qemu', cpu: 'max,sme=off,pauth-impdef=on', smp: 2, memory: 2048 },
      setup: { consoles: virtConsoles, boot: 'kernel', bl33: 0x60000000, services: [] },
      // It never comes to a kernel.
      files: { firmware: path, image: path, initrd: path },
      cmdline: '',
      limits: { silence: 4 },
      place: { folder: join(root, 'place'), fence: 1, owner: 'test' },
    },
    {},
    AbortSignal.timeout(60_000),
  )
  const shown: Shown = {
    asked: { cmdline: '', config: {}, modules: [] },
    host: end.host,
    consoles: await Promise.all(
      end.consoles.map(async (kept) => ({ console: kept.name, lines: readLines(await readFile(kept.rawPath)) })),
    ),
    records: end.records,
  }
  const findings = judge(shown, ['fault'])
  const fault = findings.find(({ id }) => id === 'fault.firmware')!
  return { ...endingOf(shown, findings), fault, shown }
}

/** A64 UDF #0, which no CPU knows. */
const undefinedInstruction = [0x00000000]
/** `mov x0, #8`, `ldr x0, [x0]`: nothing is mapped there. */
const loadFromNowhere = [0xd2800100, 0xf9400000]

describe('OP-TEE', () => {
  it('that aborts is a firmware fault, with its whole report as evidence', async () => {
    const damaged = damage(image, 'OP-TEE', 'init_tee_runtime', () => undefinedInstruction)
    const { ending, fault, shown } = await boot('undefined', damaged)
    expect(ending).toBe('firmware-fault')
    expect(fault.facts).toMatchObject({ kind: 'exception', title: 'OP-TEE: core undef-abort', panic: true, count: 2 })
    const [report] = fault.evidence
    if (report?.kind !== 'console') throw new Error('the report is no console lines')
    expect(report).toMatchObject({ console: 'uart1' })
    const first = shown.consoles.find(({ console }) => console === 'uart1')!.lines[report.from - 1]
    expect(first?.text).toMatch(/^E\/TC:.* Core undef-abort at address 0x/)
    expect(report.text.startsWith(first!.text)).toBe(true)
  })

  it('that aborts has the same title on two boots, though it lies elsewhere in memory', async () => {
    const damaged = damage(image, 'OP-TEE', 'init_tee_runtime', () => loadFromNowhere)
    const [one, other] = [await boot('load-1', damaged), await boot('load-2', damaged)]
    expect(one.fault.facts['title']).toBe('OP-TEE: core data-abort (translation fault)')
    expect(other.fault.facts).toEqual(one.fault.facts)
    expect(other.fault.evidence).not.toEqual(one.fault.evidence)
  })
})

describe('TF-A', () => {
  it('that panics is a firmware fault, though its release build says no more than that', async () => {
    const damaged = damage(image, 'TF-A', 'spmd_setup', (addressOf) => [
      branchWithLink(addressOf('spmd_setup'), addressOf('el3_panic')),
    ])
    const { ending, fault } = await boot('panic', damaged)
    expect(ending).toBe('firmware-fault')
    expect(fault.facts).toMatchObject({ kind: 'panic', title: 'TF-A panic', panic: true, count: 1 })
    // Its crash console is the secure one (plat/qemu/common/aarch64/plat_helpers.S plat_crash_console_init(), TF-A 2.12.1).
    const text = expect.stringMatching(/^PANIC at PC : 0x/) as string
    expect(fault.evidence).toMatchObject([{ kind: 'console', console: 'uart1', text }])
  })

  it('that breaks without a word hangs: silence is no proof of a fault', async () => {
    const damaged = damage(image, 'TF-A', 'spmd_setup', () => undefinedInstruction)
    const { ending, sentence, fault } = await boot('silent', damaged)
    expect(fault.outcome).toBe('unknown')
    expect(ending).toBe('hung')
    expect(sentence).toMatch(/nothing was said for/)
  })
})
