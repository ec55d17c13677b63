/**
 * Collects the kernel's command line from `Kernel command line: ` (init/main.c print_kernel_cmdline() and, before 7.x,
 * start_kernel()). 7.x cuts a long one into several lines, each but the last ended by ` \`. x86 says `Command line: `
 * earlier (arch/x86/kernel/setup.c), before what a boot config adds; it counts where the other one is missing.
 */
export class CommandLine {
  #text: string | undefined
  #early: string | undefined
  #open = false

  /** Undefined where the log does not show it. */
  get text(): string | undefined {
    return this.#text ?? this.#early
  }

  /** Takes the next message of the kernel; returns whether it belongs to the command line. */
  line(message: string): boolean {
    if (message.startsWith('Kernel command line: ')) {
      const part = message.slice('Kernel command line: '.length)
      const goesOn = part.endsWith(' \\')
      const text = goesOn ? part.slice(0, -2) : part
      this.#text = this.#open ? `${this.#text} ${text}` : text
      this.#open = goesOn
      return true
    }
    if (!message.startsWith('Command line: ')) return false
    this.#early = message.slice('Command line: '.length)
    return true
  }
}
