import type { BootInFile } from './boot-reader.ts'
import type { LogShown } from './log-reader.ts'

/** One boot, and what each file shows of it. */
export interface JoinedBoot {
  parts: BootInFile[]
  /** The kernel's release; absent where no part shows it. */
  kernel?: string
  cmdline?: string
  /** Whether the logs may lack a part of the command line. */
  cmdlineIsCut?: boolean
}

/**
 * Takes the logs of one machine; returns its boots. Logs that show a kernel give the boots; those with the same banner
 * (`Linux version ...`, which has the time of the build) are of the same boot. A log without a kernel, as the console of
 * the secure world, goes with them one by one when it has as many boots, and else with its last part to the last boot.
 */
export function joinBoots(logs: readonly LogShown[]): JoinedBoot[] {
  const withKernel = logs.filter(({ boots }) => boots.some(hasKernel))
  const boots: BootInFile[][] = []
  for (const log of withKernel) {
    const before = boots.length
    for (const part of log.boots) {
      const same = boots
        .slice(0, before)
        .find((parts) => parts.every(({ log: { console } }) => console !== part.log.console) && isSame(parts, part))
      if (same) same.push(part)
      else boots.push([part])
    }
  }
  for (const log of logs) {
    if (withKernel.includes(log)) continue
    if (boots.length === 0) boots.push(...log.boots.map((part) => [part]))
    else if (log.boots.length === boots.length) for (const [n, part] of log.boots.entries()) boots[n]!.push(part)
    else boots[judgedBoot(boots.map(joined))]!.push(log.boots.at(-1)!)
  }
  return boots.map(joined)
}

/** The index of the boot that is judged: the last that shows a kernel, or the last. */
export function judgedBoot(boots: readonly JoinedBoot[]): number {
  const last = boots.findLastIndex(({ parts }) => parts.some(hasKernel))
  return last < 0 ? boots.length - 1 : last
}

function isSame(parts: BootInFile[], part: BootInFile): boolean {
  const banner = parts.find((each) => each.banner !== undefined)?.banner
  return banner === undefined || part.banner === undefined || banner === part.banner
}

function hasKernel({ stage, banner }: BootInFile): boolean {
  return banner !== undefined || stage === 'kernel' || stage === 'init' || stage === 'userspace'
}

function joined(parts: BootInFile[]): JoinedBoot {
  const kernel = parts.find((part) => part.kernel !== undefined)?.kernel
  const asked = parts.filter((part) => part.cmdline !== undefined)
  const { cmdline, cmdlineIsCut } = asked.find((part) => !part.cmdlineIsCut) ?? asked[0] ?? {}
  return {
    parts,
    ...(kernel !== undefined && { kernel }),
    ...(cmdline !== undefined && { cmdline }),
    ...(cmdlineIsCut && { cmdlineIsCut }),
  }
}
