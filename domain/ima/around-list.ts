import { isShellPrompt } from '../console/shell-prompt.ts'
import { PcrText } from '../tcg/pcr-text.ts'

/** A heading such as `IMA list:`, a fence or a rule, as people put them around what they paste. */
const heading = /^(?:[A-Za-z][\w ()./-]{0,60}:|```\w*|[-=*]{3,})\s*$/

/**
 * Tells lines that may stand before and behind a pasted measurement list from those of a list: a shell's prompts, empty
 * lines, headings, PCR values. Takes lines in their order.
 */
export function aroundList(): (line: string) => boolean {
  const pcrs = new PcrText()
  return (line) => line.trim() === '' || isShellPrompt(line) || heading.test(line) || pcrs.line(line) !== 'other'
}
