import { LabError } from '../../../domain/errors.ts'
import type { Borrower, Flashed, LentMedium } from '../flash/flash.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { lastWords } from './loader-fault.ts'

/** What `ums` says when it begins (cmd/usb_mass_storage.c); the kind of the medium only since 2023. `0` has no prefix. */
const begun = /UMS: LUN 0, dev (?:\w+ )?\d+, hwpart \d+, sector (?:0x)?0, count 0x([0-9a-f]+)\r*\n/

/** Why it lends nothing, by its own words, and whether another try may help. */
const reasons: { words: RegExp; why: string; retryable: boolean }[] = [
  {
    words: /Unknown command 'ums'/,
    why: 'it has no such command: build it with CONFIG_CMD_USB_MASS_STORAGE',
    retryable: false,
  },
  {
    words: /Couldn't init USB controller/,
    why: 'it has no such USB device controller: name another one in the lab file',
    retryable: false,
  },
  { words: /USB cable not detected|Check USB cable connection/, why: 'it sees no USB cable', retryable: true },
  { words: /[Oo]peration aborted/, why: 'somebody ended it, the host by ejecting the medium perhaps', retryable: true },
]

/**
 * Has U-Boot lend the board's own medium, until the host has made it what it should be; then ^C ends that, and the prompt is
 * back.
 * @returns what was written
 * @throws LabError PlaceBroken when nothing is lent, or it ends too soon; what the borrower throws; what `ask` throws
 */
export async function lendMedium(
  dialogue: LoaderDialogue,
  { command }: LentMedium,
  borrower: Borrower,
): Promise<Pick<Flashed, 'files' | 'remarks'>> {
  await borrower.ready(dialogue.signal)
  const end = await dialogue.askWhile(command, begun, ([, count], signal) =>
    borrower.write(Number.parseInt(count!, 16), signal),
  )
  if ('done' in end) return end.done
  const { output } = end.ended
  const known = reasons.find(({ words }) => words.test(output))
  const when = begun.test(output) ? 'went on lending its medium no longer' : 'did not lend its medium'
  const why = known ? `: ${known.why}` : ''
  const sentence = `The board's U-Boot ${when}${why}. It said of \`${command}\`: ${lastWords(output, 2)}.`
  throw new LabError('PlaceBroken', sentence, { retryable: known?.retryable ?? true })
}
