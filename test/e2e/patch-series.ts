import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const driver = 'drivers/firmware/arm_ffa/driver.c'

/** Makes the FF-A driver of Linux 6.18.5 start behind pKVM: with it FF-A works where the driver is built in. */
export const behindPkvm = fileURLToPath(new URL('../../plans/patches/device-initcall.patch', import.meta.url))

/** The one patch of the series that breaks something. */
export const culprit = '0002-start-early.patch'

const parts = {
  '0001-describe.patch': [
    ' module_exit(ffa_exit);',
    ' ',
    ' MODULE_ALIAS("arm-ffa");',
    ' MODULE_AUTHOR("Sudeep Holla <sudeep.holla@arm.com>");',
    '-MODULE_DESCRIPTION("Arm FF-A interface driver");',
    '+MODULE_DESCRIPTION("Arm FF-A driver");',
    ' MODULE_LICENSE("GPL v2");',
  ],
  [culprit]: [
    ' \tkfree(drv_info);',
    ' \treturn ret;',
    ' }',
    '-device_initcall(ffa_init);',
    '+rootfs_initcall(ffa_init);',
    ' ',
    ' static void __exit ffa_exit(void)',
    ' {',
  ],
  '0003-say-less.patch': [
    ' \t\treturn version;',
    ' ',
    '-\tpr_info("Firmware version higher than driver version, downgrading\\n");',
    '+\tpr_info("Firmware is newer than the driver, downgrading\\n");',
    ' \treturn FFA_DRIVER_VERSION;',
    ' }',
  ],
} satisfies Record<string, string[]>

const lines = { '0001-describe.patch': 2093, [culprit]: 2076, '0003-say-less.patch': 132 } as Record<string, number>

/**
 * A series on top of `behindPkvm` of which one patch breaks FF-A: three small edits of the FF-A driver of Linux 6.18.5.
 * @param folder where the patches are written
 * @returns their paths, in order
 */
export async function writeSeries(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  return await Promise.all(
    Object.entries(parts).map(async ([name, hunk]) => {
      const of = (sign: string) => hunk.filter((line) => line.startsWith(' ') || line.startsWith(sign)).length
      const at = lines[name]!
      const head = [`--- a/${driver}`, `+++ b/${driver}`, `@@ -${at},${of('-')} +${at},${of('+')} @@`]
      const path = join(folder, name)
      await writeFile(path, `${[...head, ...hunk].join('\n')}\n`)
      return path
    }),
  )
}
