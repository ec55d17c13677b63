import { LabError } from '../../domain/errors.ts'
import { classOf } from '../../domain/keep/file-class.ts'
import type { FileClass } from '../../domain/keep/keep-rules.ts'
import { removedSentence } from '../../domain/keep/what-goes.ts'
import { artifactPath, hasArtifact } from '../artifacts.ts'
import type { Attempt, AttemptArtifact } from '../attempt.ts'
import type { Store } from '../store.ts'

/** What was removed of an attempt, one sentence for each class of files; none while all is kept. */
export function removedOf(attempt: Attempt): { class: FileClass; sentence: string }[] {
  const said = new Map<FileClass, string>()
  for (const { name, removed } of attempt.end?.artifacts ?? [])
    if (removed) said.set(classOf(name), removedSentence(classOf(name), attempt.id, removed))
  return [...said].map(([kind, sentence]) => ({ class: kind, sentence }))
}

/**
 * Sees that nothing was removed of what somebody is about to read.
 * @param classes of the files that are read
 * @throws LabError NotFound with what was removed, when, and by which rule
 */
export function requireKept(attempt: Attempt, ...classes: FileClass[]): void {
  const gone = removedOf(attempt).find((one) => classes.includes(one.class))
  if (gone) throw new LabError('NotFound', gone.sentence)
}

/**
 * Sees that a file of an attempt is there whole. One that no rule removed was removed or cut by somebody.
 * @param id of the attempt, e.g. `12.3.1`
 * @returns where it lies
 * @throws LabError ArtifactDamaged with what is gone, where it would lie, and what can be done
 */
export function requireFile(store: Pick<Store, 'folder'>, id: string, artifact: AttemptArtifact): string {
  const path = artifactPath(store, artifact.sha256)
  if (hasArtifact(store, artifact)) return path
  throw new LabError(
    'ArtifactDamaged',
    `${whatIn(artifact.name, id)} is gone: ${path} was removed or cut, and no \`hyplab gc\` did that. ` +
      'Put it back from a copy of the state folder, or boot the cell again.',
  )
}

function whatIn(name: string, id: string): string {
  const console = /^console\/(.+)$/.exec(name)?.[1]
  return console === undefined ? `The file "${name}" of attempt ${id}` : `What ${console} of attempt ${id} said`
}
