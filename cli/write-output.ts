import { lstat, realpath, writeFile } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import { replaceFile } from '../host/whole-file.ts'

/** As other files that people make: readable for all, as far as the umask has it. */
const readable = 0o666

/**
 * Writes a file that a user named. Whoever reads it finds the old one or the new one, never a part of it; what is no
 * regular file (a pipe, a terminal) is written to as it is.
 * @throws LabError DiskFull; BadInput when it cannot be written.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path)
    const there = await lstat(target).catch(() => undefined)
    if (there === undefined || there.isFile()) return await replaceFile(target, text, readable)
    await writeFile(target, text)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new LabError('DiskFull', `There is no room for ${path}: free some, or name another file.`, { cause })
    throw new LabError('BadInput', `${path} cannot be written (${why(code)}): name another file.`, { cause })
  }
}

function why(code: string | undefined): string {
  const reasons: Record<string, string> = {
    ENOENT: 'its folder is not there',
    ENOTDIR: 'its folder is a file',
    EACCES: 'its folder is not yours',
    EPERM: 'its folder is not yours',
    EROFS: 'its file system is read-only',
    EISDIR: 'it is a folder',
  }
  return reasons[code ?? ''] ?? code ?? 'no reason is known'
}
