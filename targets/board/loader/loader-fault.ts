/**
 * What firmware did, and no fault of the lab's: one sentence with what the board said. It is thrown inside this folder
 * only; `startByUBoot` gives it back as data, since what a board did is never tried again away.
 */
export class LoaderFault extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'LoaderFault'
  }
}

const shown = 200

/** The last lines of a text in one, for a sentence; `nothing` when there are none. */
export function lastWords(text: string, lines = 3): string {
  const said = text
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/[^\x20-\x7e]+/g, ' ').trim())
    .filter((line) => line !== '')
  return said.length === 0 ? 'nothing' : `"${said.slice(-lines).join(' / ').slice(-shown)}"`
}
