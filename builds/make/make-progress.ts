import type { BuildProgress } from '../build.ts'
import type { LastBuild } from './build-history.ts'

/**
 * A line in which kbuild, OP-TEE or TF-A says that it makes one thing: `  CC      init/main.o`, `  LD [M]  x.ko`
 * (kbuild: scripts/Kbuild.include `kecho`; the other two took the form over); or EDK2 that it makes one module:
 * `Building ... /source/MdePkg/Library/BaseLib/BaseLib.inf [AARCH64]` (BaseTools/Source/Python/build/build.py, 2025.02).
 */
const step = /^(?:  [A-Z][A-Z0-9_]*(?: \[[A-Z]+\])? +\S|Building \.\.\. \S+ \[)/

/** Whether an output line stands for one step of a build. */
export function isStep(line: string): boolean {
  return step.test(line)
}

/**
 * How far a build is after `done` steps and `elapsed` seconds. The pace is this build's own once it has made a tenth of
 * its steps, before that the last build's. A build that outgrew the last one has no expectation any more.
 */
export function progressOf(phase: string, done: number, elapsed: number, last: LastBuild | undefined): BuildProgress {
  if (last === undefined || last.steps === 0 || done > last.steps) return { phase, done }
  const share = done / last.steps
  const total = share < 0.1 ? Math.max(last.seconds, elapsed) : elapsed / share
  return { phase, done, expected: last.steps, etaSeconds: Math.max(0, Math.round(total - elapsed)) }
}
