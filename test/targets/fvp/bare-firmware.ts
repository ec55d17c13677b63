import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { FvpRecipe } from '../../../targets/fvp/fvp-order.ts'

/** What firmware says on the first and on the second UART, in turn. */
export interface Saying {
  on: 0 | 1
  say: string
}

// QEMU's virt machine with secure=on (hw/arm/virt.c, base_memmap): VIRT_UART0, VIRT_UART1 and VIRT_SECURE_GPIO.
const uarts = ['0x09000000', '0x09040000']
const secureGpio = '0x090b0000'

/**
 * Firmware for the stand-in's QEMU: a "BL1" that runs at EL3 from the start of flash, says its sayings, and then powers
 * off as TF-A's PLAT=qemu does, by a line of the secure GPIO; and a "FIP" with the last of them in it, so that it is seen
 * that both are where TF-A looks for them.
 * @param folder where its files are made
 * @param end `sleep`: it never ends
 */
export async function bareFirmware(folder: string, sayings: Saying[], end: 'off' | 'sleep'): Promise<FvpRecipe> {
  const fip = join(folder, 'fip.bin')
  await writeFile(fip, `${sayings.at(-1)!.say}\0`)
  const texts = sayings.map(({ say }, n) => `text${n}: .asciz ${JSON.stringify(say)}`)
  const code = sayings.map(({ on }, n) => print(uarts[on]!, n === sayings.length - 1 ? '=0x40000' : `=text${n}`, n))
  const source = `
.global _start
_start:
  mrs x0, mpidr_el1
  tst x0, #0xff
  b.ne sleep
${code.join('\n')}
${end === 'off' ? powerOff : ''}
sleep:
  wfi
  b sleep
.data
${texts.slice(0, -1).join('\n')}
`
  await writeFile(join(folder, 'bl1.s'), source)
  await execa('aarch64-linux-gnu-as', ['-o', 'bl1.o', 'bl1.s'], { cwd: folder })
  await execa('aarch64-linux-gnu-ld', ['-Ttext=0', '-Tdata=0x10000', '-o', 'bl1.elf', 'bl1.o'], { cwd: folder })
  await execa('aarch64-linux-gnu-objcopy', ['-O', 'binary', 'bl1.elf', 'bl1.bin'], { cwd: folder })
  return {
    parameters: {
      'bp.secureflashloader.fname': join(folder, 'bl1.bin'),
      'bp.flashloader0.fname': fip,
      'cluster0.NUM_CORES': '1',
      'cluster1.NUM_CORES': '1',
    },
    data: [],
  }
}

/** PL011 (Arm DDI0183): data register at 0, flags at 0x18, TXFF bit 5, control at 0x30. */
function print(uart: string, text: string, n: number): string {
  return `
  ldr x1, =${uart}
  ldr w2, =0x301
  str w2, [x1, #0x30]
  ldr x3, ${text}
byte${n}:
  ldrb w2, [x3], #1
  cbz w2, said${n}
full${n}:
  ldr w5, [x1, #0x18]
  tbnz w5, #5, full${n}
  strb w2, [x1]
  b byte${n}
said${n}:`
}

/** PL061 (Arm DDI0190): direction at 0x400; data at an offset that is also its mask. Its line 0 is QEMU's power button. */
const powerOff = `
  ldr x1, =${secureGpio}
  mov w2, #1
  str w2, [x1, #0x400]
  str w2, [x1, #4]`
