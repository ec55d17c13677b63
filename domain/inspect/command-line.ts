import type { ConsoleLine } from '../console/line.ts'
import { speakerOf } from '../signatures/speaker.ts'
import type { Glimpse } from './boot-start.ts'

const opening = 'Kernel command line: '
/**
 * Characters from which a message may be the beginning of a longer one: until 7.x the kernel prints no more of it than its
 * buffer holds, 976 characters and more (LOG_LINE_MAX, since 6.4 PRINTKRB_RECORD_MAX: kernel/printk), and marks nothing.
 */
const mayBeCut = 940
/** The widest line of a terminal as a rule: without stamps a line of this length may go on in the next one. */
const screen = 80
/** Shorter lines are wrapped by nobody. */
const narrowest = 60
/** What a command line consists of. */
const words = /^(?:[\w.:,/@%+-]+(?:=\S*)?(?:\s+|$))+$/

/**
 * Collects the kernel's command line from `Kernel command line: ` (init/main.c print_kernel_cmdline() and, before 7.x,
 * start_kernel()). 7.x cuts a long one into several lines, each but the last ended by ` \`. x86 says `Command line: `
 * earlier (arch/x86/kernel/setup.c), before what a boot config adds; it counts where the other one is missing.
 */
export class CommandLine {
  #text: string | undefined
  #early: { text: string; isWhole: boolean } | undefined
  #isWhole = true
  /** Whether the kernel said that more comes. */
  #open = false
  /** Whether the last line was a piece of the command line behind which another may stand without a stamp. */
  #justSaid = false

  /** Undefined where the log does not show it. */
  get text(): string | undefined {
    return this.#text ?? this.#early?.text
  }

  /** Whether all of it is known: of one that was cut, or wrapped by whatever stood between, an option that is missing may be there. */
  get isWhole(): boolean {
    return this.#text === undefined ? (this.#early?.isWhole ?? true) : this.#isWhole && !this.#open
  }

  /** Takes the next line of the boot and its message; returns whether it belongs to the command line. */
  line(line: ConsoleLine, message: string, glimpse: Glimpse): boolean {
    if (message.startsWith(opening)) {
      const part = message.slice(opening.length)
      const goesOn = part.endsWith(' \\')
      const text = goesOn ? part.slice(0, -2) : part
      const isPiece = this.#open || goesOn
      this.#isWhole = isPiece || isShort(line, message, glimpse)
      this.#text = this.#open ? `${this.#text} ${text}` : text
      this.#open = goesOn
      this.#justSaid = !goesOn && glimpse.at !== undefined && line.text.length >= narrowest
      return true
    }
    if (this.#justSaid) {
      this.#justSaid = isRest(line, glimpse)
      if (this.#justSaid) {
        // Whether a word was broken is not known.
        this.#isWhole = false
        this.#text = `${this.#text} ${line.text.trim()}`
        return true
      }
    }
    if (!message.startsWith('Command line: ')) return false
    this.#early = { text: message.slice('Command line: '.length), isWhole: isShort(line, message, glimpse) }
    return true
  }
}

function isShort({ text }: ConsoleLine, message: string, { at }: Glimpse): boolean {
  return message.length < mayBeCut && (at !== undefined || text.length !== screen)
}

/** Whether a line behind the command line may be the rest of it: it has no stamp, nobody is known to say it, and it reads like one. */
function isRest({ text }: ConsoleLine, { inner, match, at }: Glimpse): boolean {
  return at === undefined && inner.by === undefined && !match && speakerOf(text) === 'NS' && words.test(text)
}
