import type { Ending } from './attempt.ts'
import type { Stage } from './stage.ts'
import type { CellVerdict } from './verdict/verdict.ts'

/** What happens in a run, in the order in which it happens; `hyplab run` and `hyplab watch` show these as they come. */
export type RunEvent =
  | { kind: 'build-started'; data: { name: string; kind: 'kernel' | 'firmware' } }
  | {
      kind: 'build-progress'
      data: { name: string; phase: string; done: number; expected?: number; etaSeconds?: number }
    }
  | { kind: 'build-ended'; data: { name: string; ok: boolean; seconds: number; message: string } }
  /** `room`: an attempt or a build has begun to wait for room on the disk, or waits no longer. */
  | { kind: 'say'; data: { text: string; room?: 'awaited' | 'over' } }
  | { kind: 'attempt-started'; data: { place: string } }
  /** `seconds` since power-on. */
  | { kind: 'stage'; data: { stage: Stage; seconds: number } }
  | { kind: 'attempt-ended'; data: { ending: Ending; sentence: string; seconds: number } }
  | { kind: 'verdict'; data: CellVerdict }
  | { kind: 'run-ended'; data: { state: 'finished' | 'cancelled' | 'failed'; exitCode: number; sentence: string } }
