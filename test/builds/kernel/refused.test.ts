import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildKernel, type KernelOutcome } from '../../../builds/kernel/build-kernel.ts'
import { configure } from '../../../builds/kernel/configure.ts'
import { openKconfig, type Kconfig } from '../../../builds/kernel/kconfig.ts'
import { kernelToolchain } from '../../../builds/kernel/kernel-make.ts'
import { requestedConfig } from '../../../builds/kernel/requested-config.ts'
import type { SourceTree } from '../../../builds/source/source.ts'
import { contextIn, ownFolders, realTree, smallKernel } from './small-kernel.ts'

const minutes = 60_000
let tree: SourceTree
let folders: Awaited<ReturnType<typeof ownFolders>>
let kconfig: Kconfig

beforeAll(async () => {
  tree = await realTree()
  folders = await ownFolders()
  const opened = await openKconfig(tree, await kernelToolchain(), contextIn(folders))
  if (!opened.ok) throw new Error(opened.fault.message)
  kconfig = opened.value
}, 20 * minutes)

afterAll(async () => {
  await folders.remove()
})

async function refusals(symbols: Record<string, string>): Promise<Record<string, string>> {
  const requested = requestedConfig({ fragments: [], symbols: smallKernel(symbols).symbols })
  const configured = await configure(kconfig, 'allnoconfig', requested, contextIn(folders))
  if (configured.ok) return {}
  return Object.fromEntries(
    (configured.refused ?? []).map(({ symbol, wanted, got, why }) => [`${symbol}=${wanted}`, `${got}: ${why}`]),
  )
}

// Each is seconds of one core's work.
describe.concurrent(
  'the effective configuration against the requested one, as this Kconfig says it',
  { timeout: 10 * minutes },
  () => {
    test('what took is no matter: a driver built in over a transport that is a module is legal', async () => {
      expect(await refusals({ TEE: 'y', OPTEE: 'y', ARM_FFA_TRANSPORT: 'm', VIRTUALIZATION: 'y', KVM: 'y' })).toEqual(
        {},
      )
    })

    test('a dependency is told down to what stands in the way', async () => {
      const { 'TCG_ARM_CRB_FFA=y': why } = await refusals({
        TCG_TPM: 'y',
        TCG_ARM_CRB_FFA: 'y',
        ARM_FFA_TRANSPORT: 'y',
      })
      expect(why).toMatch(
        /^n: it depends on TCG_CRB \[=n\]; TCG_CRB on ACPI \[=n\]; ACPI on ARCH_SUPPORTS_ACPI \[=n\]; ARCH_SUPPORTS_ACPI cannot be set, having no prompt; it is only selected, by EFI \[=n\] && /,
      )
    })

    test('a module cannot carry what is built in', async () => {
      expect(await refusals({ TCG_TPM: 'm', TCG_TIS: 'y' })).toEqual({
        'TCG_TIS=y': 'm: it depends on TCG_TPM [=m]',
      })
    })

    test('each of the other reasons', async () => {
      const refused = await refusals({
        NR_CPU: '4',
        TOTALLY_UNKNOWN_THING: 'y',
        VIRTUALIZATION: 'y',
        KVM: 'm',
        NR_CPUS: '9999',
        ARM_PSCI_FW: 'n',
        ARM64_16K_PAGES: 'y',
        ARM64_4K_PAGES: 'y',
        PCI_ECAM: 'y',
        LOG_BUF_SHIFT: 'big',
        DEFAULT_HOSTNAME: '12',
      })
      expect(refused).toEqual({
        'NR_CPU=4': 'n: this kernel has no such symbol; did you mean NR_CPUS?',
        'TOTALLY_UNKNOWN_THING=y': 'n: this kernel has no such symbol',
        'KVM=m': 'n: it is a bool, which is y or n and cannot be a module',
        'NR_CPUS=9999': '4096: its range is [2 4096]',
        'ARM_PSCI_FW=n': 'y: it is selected by ARM64 [=y]',
        'ARM64_16K_PAGES=y':
          'n: it is in a choice of which only one can be y, and ARM64_4K_PAGES=y was asked for or is the default',
        'PCI_ECAM=y': expect.stringMatching(
          /^n: it cannot be set, having no prompt; it is only selected, by ARM64 \[=y\] && ACPI \[=n\] && PCI \[=n\]; /,
        ) as string,
        'LOG_BUF_SHIFT="big"': '17: it is a number',
        'DEFAULT_HOSTNAME=12': '"(none)": it is a string, written in double quotes',
      })
    })

    test('a choice cannot be without any of its members', async () => {
      const pages = { ARM64_4K_PAGES: 'n', ARM64_16K_PAGES: 'n', ARM64_64K_PAGES: 'n' }
      expect(Object.values(await refusals(pages))).toEqual([
        expect.stringMatching(
          /^y: it is in a choice of which one must be y: set one of ARM64_\d+K_PAGES, ARM64_\d+K_PAGES instead$/,
        ),
      ])
    })

    test('a module without modules', async () => {
      expect(await refusals({ MODULES: 'n' })).toEqual({
        'ARM_FFA_TRANSPORT=m': 'y: modules are off: set MODULES=y too',
      })
    })
  },
)

describe('through a build', { timeout: 10 * minutes }, () => {
  test('all that did not take are one fault, each on a line, and nothing is compiled', async () => {
    const context = contextIn(folders)
    const outcome = await buildKernel(smallKernel({ KVM: 'm', NR_CPU: '4' }), tree, context)
    expect(fault(outcome)).toBe(
      `2 of 5 requested symbols did not take:
CONFIG_KVM=m did not take, it is n: it is a bool, which is y or n and cannot be a module
CONFIG_NR_CPU=4 did not take, it is n: this kernel has no such symbol; did you mean NR_CPUS?`,
    )
    expect(context.seen.map(({ phase }) => phase)).not.toContain('compile')
  })

  test('a base that the kernel does not have', async () => {
    const outcome = await buildKernel({ ...smallKernel(), base: 'nothing_defconfig' }, tree, contextIn(folders))
    expect(fault(outcome)).toBe(`Can't find default configuration "arch/arm64/configs/nothing_defconfig"`)
    await expect(buildKernel({ ...smallKernel(), base: 'all' }, tree, contextIn(folders))).rejects.toMatchObject({
      code: 'BadInput',
    })
  })

  test('fragments and trees that are not what they should be', async () => {
    const own = await mkdtemp(join(tmpdir(), 'hyplab-fragment-'))
    try {
      const fragment = join(own, 'a.config')
      await writeFile(fragment, 'CONFIG_SMP=y\nSMP\n')
      const build = (inputs: object, where: SourceTree = tree) =>
        buildKernel({ ...smallKernel(), ...inputs }, where, contextIn(folders))
      await expect(build({ fragments: [fragment] })).rejects.toMatchObject({
        code: 'BadInput',
        message: expect.stringContaining(`${fragment}:2: "SMP"`) as string,
      })
      await expect(build({ fragments: [join(own, 'b.config')] })).rejects.toMatchObject({
        code: 'BadInput',
        message: `The config fragment ${own}/b.config cannot be read (ENOENT).`,
      })
      await expect(build({}, { ...tree, folder: own })).rejects.toMatchObject({ code: 'SourceMissing' })
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  })
})

function fault(outcome: KernelOutcome): string | undefined {
  return outcome.ok ? undefined : outcome.fault.message
}
