/** What takes a console away from the shell that we were talking to. */
export interface Interruption {
  kind: 'reset' | 'kernel' | 'crash'
  /** The board's own line that shows it. */
  line: string
}

const patterns = {
  /** What firmware says first after a reset: TF-A's bl1_main.c and others, U-Boot's lib/display_options.c. */
  reset: /^(?:U-Boot (?:SPL |TPL )?20\d\d\.\d\d|NOTICE: {2}(?:Booting Trusted Firmware|BL(?:1|2|31): ))/,
  /** printk's prefix, and what is said where printk.time is off (arch/arm64/kernel/setup.c, drivers/firmware/efi/libstub). */
  kernel: /^(?:\[ *\d+\.\d{6}\]|Booting Linux on physical CPU |EFI stub: )/,
  /** arch/arm/lib/interrupts_64.c, lib/hang.c. */
  crash: /^(?:"(?:Synchronous Abort|Error|Irq|Fiq|Bad \w[^"]*)" handler|### ERROR ### Please RESET the board ###)/,
}

/**
 * Looks for what no shell says: a reset, a kernel, a crash of the boot loader.
 * @param text what was said at the prompt
 * @param autoboot what this board's boot loader says before it boots by itself; again only after a reset
 */
export function findInterruption(text: string, autoboot: string): Interruption | undefined {
  for (const line of text.split(/[\r\n]+/)) {
    if (line.includes(autoboot)) return { kind: 'reset', line }
    for (const kind of ['reset', 'kernel', 'crash'] as const) if (patterns[kind].test(line)) return { kind, line }
  }
  return undefined
}

/** Looks for a kernel's line in what is said before the prompt, where the banners of firmware are in their place. */
export function findKernel(text: string): Interruption | undefined {
  const line = text.split(/[\r\n]+/).find((one) => patterns.kernel.test(one))
  return line === undefined ? undefined : { kind: 'kernel', line }
}
