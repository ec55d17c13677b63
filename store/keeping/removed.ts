import { LabError } from '../../domain/errors.ts'
import { classOf } from '../../domain/keep/file-class.ts'
import type { FileClass } from '../../domain/keep/keep-rules.ts'
import { removedSentence } from '../../domain/keep/what-goes.ts'
import type { Attempt } from '../attempt.ts'

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
