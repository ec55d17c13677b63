import type { Asked, Ending, HostView } from '../domain/attempt.ts'
import type { Finding } from '../domain/finding.ts'
import { judge } from '../domain/probes/registry.ts'
import type { Stage } from '../domain/stage.ts'
import type { Target } from '../domain/target.ts'
import { endingOf } from '../domain/verdict/ending.ts'
import { readShown } from './read-shown.ts'
import type { ShownFiles } from './shown-files.ts'

/** An attempt to be judged: plain data, so that it can be sent to another thread. */
export interface JudgeTask {
  files: ShownFiles
  asked: Asked
  target: Target
  /** How its host saw it; without a stage, the last one that its files show. */
  host: Omit<HostView, 'stage'> & { stage?: Stage }
  /** The groups of probes that the plan asks for. */
  probes: readonly string[]
}

/** What an attempt is judged to be. */
export interface Judged {
  host: HostView
  findings: Finding[]
  ending: Ending
  sentence: string
}

/**
 * Reads what an attempt showed and judges it: the one way for its end, for a lost attempt and for one that is judged again.
 * @throws as `readShown` does; LabError BadInput for an unknown group of probes
 */
export async function judgeShown(
  { files, asked, target, host, probes }: JudgeTask,
  signal?: AbortSignal,
): Promise<Judged> {
  const { stage, ...read } = await readShown(files, target, signal)
  const shown = { ...read, asked, host: { ...host, stage: host.stage ?? stage } }
  const findings = judge(shown, probes)
  const { ending, sentence } = endingOf(shown, findings)
  return { host: shown.host, findings, ending, sentence }
}
