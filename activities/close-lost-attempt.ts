import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending } from '../domain/attempt.ts'
import { claimPlace } from '../host/claim.ts'
import { putArtifact } from '../store/artifacts.ts'
import type { AttemptArtifact } from '../store/attempt.ts'
import { findAttempt, finishAttempt } from '../store/attempts.ts'
import { probesVersion } from '../domain/probes/registry.ts'
import { qemuChannels } from '../targets/qemu/channels.ts'
import { swtpmLog } from '../targets/qemu/swtpm.ts'
import { tracePath } from '../targets/qemu/tracer.ts'
import type { AttemptResult, LostAttempt } from '../workflows/contracts.ts'
import { claimFolder, fenceOf } from './attempt-place.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Closes an attempt that nobody else will close: takes the place from whoever still uses it, keeps what reached the
 * disk, and says why it is lost. An attempt that was closed meanwhile stays as it is.
 * @returns the ending that now stands; `infra` too for one that never began.
 */
export async function closeLostAttempt(deps: Deps, lost: LostAttempt): Promise<AttemptResult> {
  const key = { run: lost.run, cell: lost.cell, number: lost.attempt }
  const attempt = await findAttempt(deps.store, key)
  if (!attempt) return { ending: 'infra' }
  if (attempt.end) return { ending: attempt.end.ending }
  const claim = await claimPlace(
    claimFolder(deps.folders.state, attempt.place),
    fenceOf(lost.attempt, 'close'),
    'the closing of a lost attempt',
  )
  claim.release()
  const { id: _id, end: _end, ...start } = attempt
  const ending: Ending = lost.reason === 'cancelled' ? 'cancelled' : 'infra'
  const ended = Date.now()
  await finishAttempt(deps.store, start, {
    ended,
    stage: 'power',
    ending,
    sentence: lost.reason,
    pace: { silences: {}, stages: {} },
    findings: [],
    host: { stop: ending === 'cancelled' ? 'cancelled' : 'lost', reason: lost.reason, stage: 'power' },
    artifacts: await whatReachedTheDisk(deps, start.folder),
    judged: { at: ended, probes: probesVersion },
  })
  await rm(start.folder, { recursive: true, force: true })
  const reporter = new Reporter(deps.store, { run: lost.run, cell: lost.cell, attempt: lost.attempt })
  reporter.tell('attempt-ended', { ending, sentence: lost.reason, seconds: (ended - start.started) / 1000 })
  await reporter.flush()
  return { ending }
}

async function whatReachedTheDisk(deps: Deps, folder: string): Promise<AttemptArtifact[]> {
  const kept: AttemptArtifact[] = []
  const tpm = swtpmLog(folder)
  if (existsSync(tpm)) kept.push({ name: 'swtpm.log', world: null, ...(await putArtifact(deps.store, tpm)) })
  for (const { name } of qemuChannels)
    for (const [suffix, file] of [
      ['', `${name}.raw`],
      ['.times', `${name}.times`],
    ] as const) {
      const path = join(folder, 'consoles', file)
      if (existsSync(path))
        kept.push({ name: `console/${name}${suffix}`, world: null, ...(await putArtifact(deps.store, path)) })
    }
  const smc = tracePath({ folder })
  if (existsSync(smc)) kept.push({ name: 'smc', world: null, ...(await putArtifact(deps.store, smc)) })
  return kept
}
