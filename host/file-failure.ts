import { LabError } from '../domain/errors.ts'

/**
 * Says in one sentence what went wrong with the file or folder at `path`: an error of the file system becomes a LabError
 * (DiskFull or StoreBroken); anything else, LabErrors included, comes back as it is.
 */
export function fileFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(error, path)
  if (code === 'EROFS')
    return broken(error, `${path} lies on a file system that is read-only: mount it read-write, or ${elsewhere}.`)
  if (['EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code))
    return broken(error, `hyplab cannot write to ${path} (${code}): give this user write access, or ${elsewhere}.`)
  return broken(error, `hyplab cannot use ${path}: ${error.message}.`)
}

const elsewhere = 'set HYPLAB_STATE to another folder'

function broken(cause: Error, message: string): LabError {
  return new LabError('StoreBroken', message, { cause })
}

/** @returns LabError DiskFull, retryable: somebody may have freed space meanwhile */
export function diskFull(cause: Error, path: string): LabError {
  const message = `The disk that holds ${path} is full: free some space there, then run again.`
  return new LabError('DiskFull', message, { retryable: true, cause })
}
