import { LabError } from '../../../domain/errors.ts'

/**
 * The file from which U-Boot boots by itself (boot/pxe_utils.c; doc/README.pxe): its distro boot looks for it on each
 * medium before any script. The device tree is U-Boot's own.
 * @param kernel its path on the medium
 * @param initrd likewise
 * @throws LabError BadInput for a command line that U-Boot would change: it expands macros in it
 */
export function extlinuxConfig(kernel: string, initrd: string, cmdline: string): string {
  const character = /[^\x20-\x7e]|[$'\\]/.exec(cmdline)?.[0]
  if (character !== undefined) {
    const sentence = `The command line cannot be given to a board that boots by itself: U-Boot would change its ${JSON.stringify(character)}.`
    throw new LabError('BadInput', sentence)
  }
  return `default hyplab\nlabel hyplab\n  kernel ${kernel}\n  initrd ${initrd}\n  append ${cmdline}\n`
}
