import { readFile } from 'node:fs/promises'
import { readLines } from '../../domain/console/line-reader.ts'
import { artifactPath } from '../../store/artifacts.ts'
import type { Attempt } from '../../store/attempt.ts'
import type { Store } from '../../store/store.ts'

/** A console's lines, as it was kept. @throws Error where the attempt kept no such console */
export async function consoleLines(store: Store, attempt: Attempt, name: string): Promise<string[]> {
  const kept = attempt.end?.artifacts.find((artifact) => artifact.name === `console/${name}`)
  if (!kept) throw new Error(`attempt ${attempt.id} kept no ${name}`)
  return readLines(await readFile(artifactPath(store, kept.sha256))).map(({ text }) => text)
}
