/**
 * The longest line that is typed. U-Boot's line buffer, CONFIG_SYS_CBSIZE, has 1024 bytes on most Arm boards, 512 or 256
 * on older ones (cmd/Kconfig, SYS_CBSIZE), and what does not fit is dropped with a beep.
 */
export const longestLine = 240

/** Shorter than a command may be: of long ones a bad wire brings none whole. */
export const goodLength = 100

/** What a command came to. */
export interface Answer {
  /** U-Boot's `$?`. */
  code: number
  /** What was said between the echo and the code, with line feeds only. */
  output: string
}

/**
 * A nonce as it is typed: with `''` in it, which the shell takes out, so that an echo cannot be taken for an answer.
 * @param nonce letters and digits, at least two
 */
export function hidden(nonce: string): string {
  return `${nonce.slice(0, 1)}''${nonce.slice(1)}`
}

/** A command as it is typed: behind it the shell is asked for its code, twice since one digit is easily damaged, and a nonce. */
export function lineFor(command: string, nonce: string): string {
  return `${command}; echo RC=$?,$? ${hidden(nonce)}`
}

/** How much of a line can be spent on the command itself. @param nonce see `lineFor` */
export function roomFor(nonce: string): number {
  return longestLine - lineFor('', nonce).length
}

/** How far an echo has come. `wrong`: what was echoed is not what was typed. */
export function compareEcho(typed: string, heard: string): 'whole' | 'begun' | 'wrong' {
  if (heard.startsWith(typed)) return 'whole'
  return typed.startsWith(heard) ? 'begun' : 'wrong'
}

/**
 * Looks for the answer to a line of `lineFor` in what was heard behind the line's own echo.
 * @param prompt what has to come last
 * @returns `damaged` when the nonce came with no code before it, or with another text than U-Boot's hush says; undefined
 *   when the answer is not whole yet
 */
export function findAnswer(heard: string, nonce: string, prompt: string): Answer | 'damaged' | 'no-hush' | undefined {
  if (!heard.endsWith(prompt)) return undefined
  const behind = heard.slice(0, -prompt.length)
  const end = behind.lastIndexOf(` ${nonce}`)
  if (end < 0 || !/^\s*$/.test(behind.slice(end + nonce.length + 1))) return undefined
  const start = behind.lastIndexOf('RC=', end)
  if (start < 0) return 'damaged'
  const code = behind.slice(start + 3, end)
  if (code === '$?,$?') return 'no-hush'
  const digits = /^(\d{1,3}),\1$/.exec(code)?.[1]
  // The first line feed is Enter's own echo.
  const output = /^\r*\n([\s\S]*)$/.exec(behind.slice(0, start))?.[1]
  return digits === undefined || output === undefined
    ? 'damaged'
    : { code: Number(digits), output: output.replaceAll('\r', '') }
}

/** Whether what was heard last looks like an answer, whole or not: a prompt, a code, or the nonce. */
export function isAnswering(heard: string, nonce: string, prompt: string): boolean {
  const last = heard.slice(-(nonce.length + prompt.length + 12))
  return last.endsWith(`\n${prompt}`) || last.includes(nonce) || /RC=\d/.test(last)
}
