/** Anything that `cleanText` would act on; a CR just before the line's end is the reader's to cut. */
export const dirty = /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]/

// ECMA-48: CSI (8.3.16), then the string controls OSC/DCS/APC/PM/SOS up to their terminator, then the two- and three-byte escapes.
const terminalSequence = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g
const colour = /^\x1b\[[\d;:]*m$/
const terminalControl = /[\x07\x08\r]/g
const strayControl = /[\x00-\x06\x0b-\x0c\x0e-\x1f\x7f-\x9f]/g
const broken = /\ufffd/g

/**
 * Takes the decoded text of one console line and returns it as parsers see it: no CR, no escape sequence, no control
 * character but TAB. `garbage` counts the characters that no terminal explains: stray controls, which are dropped, and
 * broken UTF-8, which stays visible as U+FFFD. `escapes` counts the sequences that do more than colour (ECMA-48 8.3.117
 * SGR), and backspaces: a reader at the terminal saw something else than the text that is left.
 */
export function cleanText(text: string): { text: string; garbage: number; escapes: number } {
  const escapes = (text.match(terminalSequence) ?? []).filter((sequence) => !colour.test(sequence)).length
  const rubouts = text.match(/\x08/g)?.length ?? 0
  const shown = text.replace(terminalSequence, '').replace(terminalControl, '')
  const clean = shown.replace(strayControl, '')
  return {
    text: clean,
    garbage: shown.length - clean.length + (clean.match(broken)?.length ?? 0),
    escapes: escapes + rubouts,
  }
}
