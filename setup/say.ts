/** Tells the user something, on standard error: standard output is for data. */
export function say(text: string): void {
  process.stderr.write(`hyplab: ${text}\n`)
}
