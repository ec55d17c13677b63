/**
 * What a kernel says last before it has the firmware switch the machine off (kernel/reboot.c, 6.18), or when nothing can reset
 * it, as after a panic on a board without PSCI (machine_restart(), arch/arm64/kernel/process.c). A board's outlet knows
 * nothing of it, and a board whose firmware has no SYSTEM_OFF goes on to stand there.
 */
const words: [says: RegExp, reason: string][] = [
  [/\breboot: Power down$/, ''],
  // 6.18 says the second of a power-off that nothing can do, 6.1 the first.
  [
    /\breboot: (?:System halted|Power off not available: System halted instead)$/,
    'The kernel halted the board: its firmware has no power-off.',
  ],
  [
    /\bReboot failed -- System halted$/,
    'The target wanted a reset, which its firmware does not have; it was switched off.',
  ],
  [/\breboot: Restarting system(?: with command '.*')?$/, 'The target asked for a reset; it was switched off instead.'],
]

/** Takes a line of a console; returns why the board is done, empty for a plain power-off, or undefined while it is not. */
export function endWords(line: string): string | undefined {
  return words.find(([says]) => says.test(line.trimEnd()))?.[1]
}
