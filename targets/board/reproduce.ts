import { quoted } from '../quoted.ts'
import type { TargetFiles } from '../target-order.ts'

/** A boot of a board that is to be done again. */
interface BoardBoot {
  /** e.g. `12.3.1`. */
  attempt: string
  /** As leases name it: the lab, a slash and the place. */
  place: string
  files: Pick<TargetFiles, 'image' | 'initrd'>
  cmdline: string
}

/**
 * The steps of a boot on a board, as lines for a shell with comments: how its files reach it and what its loader is told
 * differ from place to place, and the attempt's console says it word by word.
 */
export function reproduceOnBoard({ attempt, place, files, cmdline }: BoardBoot): { command: string; advice: string } {
  const name = place.split('/').at(-1)!
  const steps = [
    `hyplab reserve ${name} --for 30min --why ${quoted(`attempt ${attempt} by hand`)}`,
    `hyplab place ${name} off`,
    `# Put where the board loads from: the kernel ${files.image}`,
    `# and the initrd ${files.initrd}`,
    `hyplab console ${name} # in another terminal; it stays there`,
    `hyplab place ${name} on`,
    `# In the console: stop the boot loader, and type what the attempt typed there (\`hyplab logs ${attempt}\` shows it).`,
    `# The cell's part of the kernel's command line is: ${cmdline}`,
    `hyplab place ${name} off`,
    `hyplab release ${name}`,
  ]
  const advice = `These are steps, for a person who has the lab's file in HYPLAB_LAB; init powers off by itself when no host answers it.`
  return { command: steps.join('\n'), advice }
}
