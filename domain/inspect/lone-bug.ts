import { kernelMessage } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { matchSignatures, type SignatureMatch } from '../signatures/match.ts'
import type { Glimpse } from './boot-start.ts'

const anyBug = 'fault.bug-other'
/** What stands in reports of kernels only: arch/arm64/kernel/process.c and arch/x86/kernel/process_64.c __show_regs(), lib/dump_stack.c. */
const ofReport = /^(?:CPU: \d+ |RIP: 00|pc : |Hardware name: |Modules linked in:| *Call [Tt]race:)/

/** Whether a line only calls itself a bug, as test programs do too, and nothing in it tells that a kernel says it. */
export function isLoneBug({ inner, match, at }: Glimpse): boolean {
  return match?.signature.id === anyBug && at === undefined && inner.by !== 'kernel'
}

/** Takes lines of a boot in which no kernel spoke otherwise; returns them without what only calls itself a bug and what stands around it. */
export function withoutLoneBugs(lines: readonly ConsoleLine[]): ConsoleLine[] {
  if (lines.some(({ text }) => ofReport.test(kernelMessage(text).message))) return [...lines]
  const isOther = (match: SignatureMatch | undefined): boolean => match !== undefined && match.signature.id !== anyBug
  return lines.filter((line) => isOther(matchSignatures(line)))
}
