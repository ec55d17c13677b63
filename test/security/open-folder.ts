import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for one test file that every user of this host can enter; it goes with the last test. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-open-'))
  chmodSync(folder, 0o755)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
