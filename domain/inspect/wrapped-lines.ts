import { stampEnd } from '../console/kernel-message.ts'
import { isShellPrompt } from '../console/shell-prompt.ts'
import { matchSignatures } from '../signatures/match.ts'
import { speakerOf } from '../signatures/speaker.ts'
import { loaderOf } from './loader-lines.ts'
import type { InnerLine } from './prefix.ts'

/** Lines that must have gone on in the next one for a file to be a wrapped one. */
const enough = 2
/** The part that those must be of all lines that may go on. */
const most = 2 / 3
/** What programs that send mail wrap at is no wider, and nobody's screen is narrower. */
const widestMail = 80
const narrowest = 60
/** The width of a terminal that nobody has changed. */
const screen = 80
/** Lines that are longer than any screen as a rule: one of them is enough. */
const longByNature = /^(?:Linux version |Kernel command line: )/

/**
 * Tells which lines of a file were one before a terminal or a mail program wrapped them. The kernel puts its stamp before
 * each of its lines, so that what stands behind one without a stamp may be its end; that it is one shows by the width.
 */
export class WrappedLines {
  /** Characters after which a terminal goes on in the next line: lines of this very length go on there. */
  readonly #screen: number | undefined
  /** The longest line of a mail: where the next word would have had room, none was wrapped. */
  readonly #mail: number | undefined

  /** @param head the first lines of the file, without what stands before each */
  constructor(head: readonly InnerLine[]) {
    const texts = head.map(({ text }) => text)
    const longest = Math.max(0, ...texts.map(({ length }) => length))
    const open = head.flatMap((line, n) => {
      const next = head[n + 1]
      return next && isStamped(line.text) && mayGoOn(next) ? [{ text: line.text, next: next.text }] : []
    })
    const full = open.filter(({ text }) => text.length === longest)
    const isSure = full.length >= enough || (longest === screen && full.some(({ text }) => isLongByNature(text)))
    const limit = Math.max(0, ...texts.filter(isStamped).map(({ length }) => length))
    const broken = open.filter(({ text, next }) => isBroken(text, next, limit))
    // A mail breaks lines between words, so that they are of several lengths; of a screen a blank at the edge may be lost.
    if (longest >= narrowest && isSure && broken.every(({ text }) => text.length >= longest - 1)) this.#screen = longest
    if (this.#screen !== undefined || limit > widestMail || limit < narrowest) return
    if (broken.length >= enough && broken.length >= most * open.length) this.#mail = limit
  }

  /** Whether any line may have been wrapped. */
  get areThere(): boolean {
    return this.#screen !== undefined || this.#mail !== undefined
  }

  /** Whether a line can go on in the next one. @param text of the line, or of its last piece */
  canGoOn(text: string): boolean {
    return this.#isAtEdge(text) || (this.#mail !== undefined && text.length <= this.#mail)
  }

  /** What joins a line, or its last piece, and the next one: nothing or a blank; undefined where they are two. */
  joint(text: string, next: InnerLine): '' | ' ' | undefined {
    if (!mayGoOn(next)) return undefined
    if (this.#isAtEdge(text)) return text.length === this.#screen || !/^[\w"']/.test(next.text) ? '' : ' '
    return this.#mail !== undefined && isBroken(text, next.text, this.#mail) ? ' ' : undefined
  }

  #isAtEdge({ length }: string): boolean {
    return this.#screen !== undefined && (length === this.#screen || length === this.#screen - 1)
  }
}

/** Whether a line can have been wrapped at all: who goes on over several lines elsewhere, as a table does, says so by no stamp. */
export function isStamped(text: string): boolean {
  return stampEnd(text) > 0
}

function isLongByNature(text: string): boolean {
  return longByNature.test(text.slice(stampEnd(text)).trimStart())
}

/** Whether a line can be the end of the one before it: nobody is known to say it. */
function mayGoOn(line: InnerLine): boolean {
  const { text, by } = line
  if (by !== undefined || text.trim() === '' || isStamped(text) || speakerOf(text) !== 'NS') return false
  return loaderOf(text) === undefined && !isShellPrompt(text) && !isKnown(text)
}

function isKnown(text: string): boolean {
  return matchSignatures({ number: 0, offset: 0, text }) !== undefined
}

/** Whether the first word of a line had no room behind the line before it. */
function isBroken(text: string, next: string, limit: number): boolean {
  const word = /^\S+/.exec(next)?.[0]
  return word !== undefined && text.length + 1 + word.length > limit
}
