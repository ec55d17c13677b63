import type { SignatureMatch } from '../signatures/match.ts'
import { isFirstWord } from './loader-lines.ts'
import type { InnerLine } from './prefix.ts'

/** What one line is to the question where a boot begins. */
export interface Glimpse {
  inner: InnerLine
  match: SignatureMatch | undefined
  /** Kernel clock in seconds, where the line has one. */
  at: number | undefined
}

/** What journalctl puts between two boots (src/shared/logs-show.c, journalctl.c: `-- Boot ID --` since 246, `-- Reboot --` before). */
const journalMark = /^-- (?:Reboot|Boot [0-9a-f]{32}) --\s*$/

/** Signatures of firmware that come once a boot. OP-TEE and Hafnium are not among them: their console may be appended to the kernel's. */
const firmwareStarts = [
  'tfa.welcome',
  'tfa.bl1',
  'tfa.bl2',
  'tfa.bl31',
  'uboot.banner',
  'edk2.banner',
  'linux.efi-stub',
]

/** Lines within which a kernel that starts again is the log's replay on a console that was just switched on. */
const replayWithin = 60
/** Lines without a stamp that a kernel says at most before its banner: x86's microcode, what POWER finds out about its MMU. */
const mostBefore = 24
/** Signatures of what a kernel says only after its banner (init/main.c start_kernel()). */
const afterBanner = new Set(['linux.cmdline', 'linux.init', 'linux.power-down', 'linux.restart', 'fault.panic'])
const uboot = /^U-Boot (?:SPL|TPL) 20/
const letterU = 'U'.charCodeAt(0)
/** The first stage of coreboot, whose later ones greet as well; its level stands before it since 4.17 (src/lib/bootblock.c). */
const bootblock = /^(?:\[[A-Z]+ *\] {1,2})?coreboot-\S+ .*\bbootblock starting\b/
const consoleOn = /^(?:\[ *\d+\.\d{6}\](?:\[[^\]]+\])? )?printk: (?:legacy )?(?:boot)?console \[\w+\] enabled/

/** Follows one boot in a log, and finds where another begins: a firmware that greets twice or after a kernel, a kernel that starts again. */
export class BootStart {
  readonly #seen = new Set<string>()
  #kernel = false
  #stamped = false
  #latest = 0
  #init = false
  #before = ''
  /** Whether the boot said what comes only after a kernel's banner, and how much it said without a stamp. */
  #pastBanner = false
  #unstamped = 0
  /** Whether what comes before a U-Boot, TF-A or its SPL, spoke after the last one. */
  #belowUboot = false
  #coreboot = false
  #sinceConsole = Number.POSITIVE_INFINITY

  /** Whether a boot that is not the first begins with a line, after those taken so far. */
  begins({ inner, match, at }: Glimpse): boolean {
    if (inner.by === 'process') return false
    const id = match?.signature.id
    if (id === undefined) {
      if (at !== undefined || inner.by !== undefined) return false
      if (this.#isFirstStage(inner.text)) return true
      return this.#kernel && (journalMark.test(inner.text) || isFirstWord(inner.text))
    }
    if (id === 'uboot.banner') return this.#kernel || this.#isUbootAgain(match!)
    if (firmwareStarts.includes(id)) return this.#kernel || this.#seen.has(id)
    if (!this.#kernel || (id !== 'linux.boot-cpu' && id !== 'linux.banner')) return false
    // What `cat /proc/version` prints has no stamp.
    if (at === undefined && this.#stamped) return false
    // Two consoles on one UART say it one after the other.
    if (this.#seen.has(id) && inner.text === this.#before) return false
    if (this.#seen.has(id)) return at === undefined || (at < 1 && !this.#isReplay())
    // `Booting Linux` comes just before the banner; other machines may say a word before either.
    if (id === 'linux.banner' && this.#seen.has('linux.boot-cpu')) return false
    if (at !== undefined) return at < this.#latest
    return this.#pastBanner || this.#seen.has('linux.banner') || this.#unstamped > mostBefore
  }

  /** Firmware starts again before any kernel: coreboot with its bootblock, an SPL behind the U-Boot that it had loaded. */
  #isFirstStage(text: string): boolean {
    if (this.#coreboot && bootblock.test(text)) return true
    return text.charCodeAt(0) === letterU && this.#seen.has('uboot.banner') && uboot.test(text)
  }

  /** A board's own U-Boot may start another one, which is of another version and has nothing before it that only a start says. */
  #isUbootAgain(match: SignatureMatch): boolean {
    return this.#seen.has(greetingOf(match)) || (this.#belowUboot && this.#seen.has('uboot.banner'))
  }

  /** register_console() (kernel/printk/printk.c) may say the log so far again on the console that it switches on. */
  #isReplay(): boolean {
    return !this.#init && this.#sinceConsole <= replayWithin
  }

  /** Takes the next line of the boot. */
  line({ inner, match, at }: Glimpse): void {
    const id = match?.signature.id
    this.#before = inner.text
    if (id !== undefined) this.#known(id, match!)
    else if (inner.text.charCodeAt(0) === letterU && uboot.test(inner.text)) this.#belowUboot = true
    else if (inner.text.includes('coreboot-') && isFirstWord(inner.text)) this.#coreboot = true
    this.#sinceConsole = inner.text.includes('console [') && consoleOn.test(inner.text) ? 0 : this.#sinceConsole + 1
    if (at !== undefined) {
      this.#stamped = true
      this.#latest = at
    } else if (inner.by === 'kernel') this.#unstamped++
    else if (inner.by === 'process') this.#pastBanner = true
    if (at !== undefined || inner.by === 'kernel' || id === 'linux.boot-cpu' || id === 'linux.banner')
      this.#kernel = true
  }

  #known(id: string, match: SignatureMatch): void {
    this.#seen.add(id)
    if (id === 'uboot.banner') {
      this.#seen.add(greetingOf(match))
      this.#belowUboot = false
    } else if (firmwareStarts.includes(id)) this.#belowUboot = true
    if (id === 'linux.init') this.#init = true
    if (afterBanner.has(id)) this.#pastBanner = true
  }
}

function greetingOf({ signature, groups }: SignatureMatch): string {
  return `${signature.id} ${groups['version']}`
}
