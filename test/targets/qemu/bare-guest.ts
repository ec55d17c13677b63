import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/** One thing that a bare-metal guest does; it does them in order. */
export type GuestStep =
  /** Writes these bytes to a UART, the whole of them `times` times. */
  | { say: string | Uint8Array; on?: 'uart0' | 'uart1'; times?: number }
  /** Waits until so many line feeds came in on uart0. */
  | { hear: number }
  /** Says the 32 bits at an address on uart0, in hex and with a line feed. */
  | { peek: number }
  | { end: 'off' | 'reset' | 'sleep' | 'again' }

// QEMU's virt machine (hw/arm/virt.c, base_memmap): VIRT_UART0 and, without secure=on, VIRT_UART1.
const uarts = { uart0: '0x09000000', uart1: '0x09040000' }

/**
 * Assembles a bare-metal program for QEMU's `virt` machine; returns QEMU's arguments for a machine that runs it.
 * @param folder where its files are made
 */
export async function bareGuest(folder: string, steps: GuestStep[]): Promise<string[]> {
  await link(folder, steps, ['-Ttext=0x40400000', '-Tdata=0x40500000'])
  return ['-machine', 'virt', '-cpu', 'cortex-a53', '-m', '64', '-kernel', join(folder, 'guest.elf')]
}

/**
 * Assembles the same as firmware, which runs at EL3 from the start of flash and has no PSCI to end with; returns its file.
 */
export async function bareFirmware(folder: string, steps: GuestStep[]): Promise<string> {
  await link(folder, steps, ['-Ttext=0', '-Tdata=0x10000'])
  await execa('aarch64-linux-gnu-objcopy', ['-O', 'binary', 'guest.elf', 'guest.bin'], { cwd: folder })
  return join(folder, 'guest.bin')
}

/** Without PSCI, which starts the others when it is asked to, all CPUs come out of reset at once. */
const firstCpuOnly = `
  mrs x0, mpidr_el1
  tst x0, #0xff
  b.eq first
parked: wfi
  b parked
first:`

async function link(folder: string, steps: GuestStep[], addresses: string[]): Promise<void> {
  const code = steps.map((step, n) => assemble(step, n)).join('\n')
  const data = steps.map((step, n) => ('say' in step ? bytes(step.say, n) : '')).join('\n')
  const source = `.global _start\n_start:\n${firstCpuOnly}\n${code}\n.data\n${data}\n`
  await writeFile(join(folder, 'guest.s'), source)
  await execa('aarch64-linux-gnu-as', ['-o', 'guest.o', 'guest.s'], { cwd: folder })
  await execa('aarch64-linux-gnu-ld', [...addresses, '-o', 'guest.elf', 'guest.o'], { cwd: folder })
}

function assemble(step: GuestStep, n: number): string {
  if ('say' in step) return say(step, n)
  if ('hear' in step) return hear(step.hear, n)
  if ('peek' in step) return peek(step.peek, n)
  switch (step.end) {
    // PSCI (Arm DEN0022), by hvc on this machine: SYSTEM_OFF and SYSTEM_RESET.
    case 'off':
      return 'ldr w0, =0x84000008\nhvc #0'
    case 'reset':
      return 'ldr w0, =0x84000009\nhvc #0'
    case 'sleep':
      return `sleep${n}: wfi\nb sleep${n}`
    case 'again':
      return 'b _start'
  }
}

/** PL011 (Arm DDI0183): data register at 0, flags at 0x18, TXFF bit 5, control at 0x30. */
function say({ on = 'uart0', times = 1 }: { on?: 'uart0' | 'uart1'; times?: number }, n: number): string {
  return `
  ldr x1, =${uarts[on]}
  ldr w2, =0x301
  str w2, [x1, #0x30]
  ldr w6, =${times}
say${n}:
  ldr x3, =text${n}
  ldr x4, =end${n}
byte${n}:
  ldrb w2, [x3], #1
full${n}:
  ldr w5, [x1, #0x18]
  tbnz w5, #5, full${n}
  strb w2, [x1]
  cmp x3, x4
  b.lo byte${n}
  subs w6, w6, #1
  b.ne say${n}`
}

/** RXFE is bit 4 of the flags. */
function hear(lines: number, n: number): string {
  return `
  ldr x1, =${uarts.uart0}
  ldr w6, =${lines}
empty${n}:
  ldr w5, [x1, #0x18]
  tbnz w5, #4, empty${n}
  ldrb w2, [x1]
  cmp w2, #10
  b.ne empty${n}
  subs w6, w6, #1
  b.ne empty${n}`
}

function peek(address: number, n: number): string {
  return `
  ldr x1, =${uarts.uart0}
  ldr w2, =0x301
  str w2, [x1, #0x30]
  ldr x3, =${address}
  ldr w4, [x3]
  mov w6, #8
digit${n}:
  ror w4, w4, #28
  and w2, w4, #15
  add w2, w2, #48
  cmp w2, #57
  b.ls send${n}
  add w2, w2, #39
send${n}:
  ldr w5, [x1, #0x18]
  tbnz w5, #5, send${n}
  strb w2, [x1]
  subs w6, w6, #1
  b.gt digit${n}
  mov w2, #10
  b.eq send${n}`
}

function bytes(said: string | Uint8Array, n: number): string {
  const list = [...Buffer.from(said)].join(',')
  return `text${n}: .byte ${list}\nend${n}:`
}
