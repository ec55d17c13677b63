/** Says on a terminal how far the reading of large files is; elsewhere nothing. */
export interface ReadingProgress {
  /** @param bytes of this file so far, unpacked */
  read: (file: string, bytes: number) => void
  /** Takes the line away. */
  end: () => void
}

/** What is read sooner needs no word. */
const quietMs = 1000
const betweenMs = 500

/** @param now milliseconds of a clock that only goes forward */
export function readingProgress(
  to: { isTTY?: boolean; columns?: number; write(text: string): unknown } = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
  now: () => number = () => performance.now(),
): ReadingProgress {
  const live = to.isTTY === true && env['TERM'] !== 'dumb'
  let next = now() + quietMs
  let shown = false
  return {
    read(file, bytes) {
      if (!live || now() < next) return
      next = now() + betweenMs
      shown = true
      const said = `${Math.round(bytes / 1e6)} MB read`
      const room = (to.columns ?? 80) - 1
      const name = `${file}: `
      to.write(`\r\x1b[K${name.length + said.length <= room ? name : ''}${said}`)
    },
    end() {
      if (shown) to.write('\r\x1b[K')
      shown = false
    },
  }
}
