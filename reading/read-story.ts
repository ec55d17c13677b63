import { readFile } from 'node:fs/promises'
import { parseTimes, type TimedConsole } from '../domain/timeline/console-clock.ts'
import { tellStory, type Story } from '../domain/timeline/tell-story.ts'
import { readShown } from './read-shown.ts'
import { storedFiles } from './shown-files.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { AttemptDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'

/**
 * The story of a stored attempt: its consoles with their time indexes, SMC trace and records on one clock, marked with the
 * findings that rest on them.
 * @throws LabError BadInput when the attempt has not ended; ArtifactDamaged when a file of it was removed or cut.
 */
export async function readStory(store: Store, detail: AttemptDetail): Promise<Story> {
  const { consoles, records, smc = [], lab } = await readShown(storedFiles(store, detail), detail.cell.cell.target)
  const artifacts = detail.attempt.end?.artifacts ?? []
  const timed = consoles.map(async (log): Promise<TimedConsole> => {
    const index = artifacts.find(({ name }) => name === `console/${log.console}.times`)
    const text = index && (await readFile(artifactPath(store, index.sha256), 'utf8').catch(() => undefined))
    return { log, times: text === undefined ? [] : parseTimes(text) }
  })
  return tellStory({
    consoles: await Promise.all(timed),
    records: records.toSorted((a, b) => a.sequence - b.sequence),
    smc,
    ...(lab && { lab: lab.facts }),
    findings: detail.attempt.end?.findings ?? [],
  })
}
