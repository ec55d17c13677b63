import { homedir } from 'node:os'
import { dirname, join, resolve as resolvePath } from 'node:path'
import type { LabFiles } from '../domain/lab/file/reading.ts'

/** Paths of a lab's file start at its folder, or at the home folder of who reads it. */
export const labFiles: LabFiles = {
  resolve: (from, path) =>
    path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolvePath(dirname(resolvePath(from)), path),
}
