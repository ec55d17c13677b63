import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/**
 * A bare-metal program for QEMU's `virt` machine with EL3 and EL2. At EL3 a firmware that knows FFA_VERSION and
 * FFA_ID_GET; at EL2 a proxy that refuses FFA_FEATURES, lets FFA_RUN's caller go on elsewhere, and forwards the rest; at
 * EL1 a caller that makes one call before the proxy traps SMCs and several after. It ends QEMU by semihosting.
 */
const source = `
.global _start
_start:
  adr x0, vectors3
  msr vbar_el3, x0
  mov x0, #0x501              // SCR_EL3: NS, HCE, RW
  msr scr_el3, x0
  mov x0, #0x3c9              // EL2h, all masked
  msr spsr_el3, x0
  adr x0, el2
  msr elr_el3, x0
  eret

el2:
  adr x0, vectors2
  msr vbar_el2, x0
  ldr x0, =0x40600000
  mov sp, x0
  mov x0, #(1 << 31)          // HCR_EL2: RW
  msr hcr_el2, x0
  mov x0, #0x3c5              // EL1h, all masked
  msr spsr_el2, x0
  adr x0, el1
  msr elr_el2, x0
  eret

el1:
  ldr x0, =0x40700000
  mov sp, x0
  ldr x0, =0x84000063         // FFA_VERSION
  ldr x1, =0x10002
  smc #0
  hvc #0                      // from here on SMCs are trapped
  ldr x0, =0x84000069         // FFA_ID_GET
  smc #0
  ldr x0, =0x84000064         // FFA_FEATURES
  ldr x1, =0x8400006f
  smc #0
  ldr x0, =0x84000000         // PSCI_VERSION
  smc #0
  ldr x0, =0x84000050         // TRNG_VERSION
  smc #0
  ldr x0, =0x8400006d         // FFA_RUN: goes on at elsewhere
  smc #0
elsewhere:
  nop
  ldr x0, =0x84000069
  smc #0
  ldr x0, =0x8600ff01         // a call that nobody asked to see
  smc #0
  mov x0, #0x18               // SYS_EXIT, ADP_Stopped_ApplicationExit
  ldr x1, =exit
  hlt #0xf000

firmware:
  ldr w9, =0x84000063
  cmp w0, w9
  b.eq 1f
  ldr w9, =0x84000069
  cmp w0, w9
  b.eq 2f
  mov x0, #-1
  eret
1: ldr x0, =0x10002
  eret
2: ldr x0, =0x84000061
  mov x2, #7
  eret

proxy:
  mrs x9, esr_el2
  lsr x9, x9, #26
  cmp x9, #0x16               // HVC64
  b.eq 3f
  ldr w9, =0x84000064
  cmp w0, w9
  b.eq 4f
  ldr w9, =0x8400006d
  cmp w0, w9
  b.eq 5f
  smc #0
  b 6f
3: mov x0, #(1 << 31 | 1 << 19) // HCR_EL2: RW, TSC
  msr hcr_el2, x0
  eret
4: ldr x0, =0x84000060
  mov x2, #-2
  b 6f
5: adr x9, elsewhere
  add x9, x9, #4
  msr elr_el2, x9
  eret
6: mrs x9, elr_el2
  add x9, x9, #4
  msr elr_el2, x9
  eret

.balign 8
exit: .quad 0x20026, 0
.ltorg
.balign 2048
vectors2: .skip 0x400
  b proxy
.balign 2048
vectors3: .skip 0x400
  b firmware
`

/** Assembles it; returns QEMU's arguments for a machine that runs it. @param folder where its files are made */
export async function smcGuest(folder: string): Promise<string[]> {
  await writeFile(join(folder, 'smc.s'), source)
  await execa('aarch64-linux-gnu-as', ['-o', 'smc.o', 'smc.s'], { cwd: folder })
  await execa('aarch64-linux-gnu-ld', ['-Ttext=0x40400000', '-o', 'smc.elf', 'smc.o'], { cwd: folder })
  const machine = ['-machine', 'virt,secure=on,virtualization=on', '-cpu', 'max', '-m', '64']
  return [...machine, '-nodefaults', '-display', 'none', '-semihosting', '-kernel', join(folder, 'smc.elf')]
}
