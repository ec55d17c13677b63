// What differs between two boots that break in the same way, and what is put for it.
const passing: readonly [RegExp, string][] = [
  [/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, ''],
  [/\.(?:isra|constprop|part|llvm|cold)(?:\.\d+)*\b/g, ''],
  [/\[<[0-9a-f]+>\] ?/g, ''],
  [/\b0x[0-9a-f]{9,}\b/gi, 'ADDRESS'],
  // A bare number of eight digits or more with a letter in it, or sixteen: an address, and no word and no end of a UUID.
  [/\b(?<!-[0-9a-f]{4}-)(?=[0-9a-f]*\d)(?:[0-9a-f]{16}|(?=\d*[a-f])[0-9a-f]{8,15})\b(?!-[0-9a-f]{4}-)/g, 'ADDRESS'],
  [/\bkworker\/\S+/g, 'kworker'],
  [/\b(swapper|ksoftirqd|migration|cpuhp|rcuo[a-z]*)\/\d+/g, '$1'],
  [/\bCPU#?\d+\b/g, 'CPU'],
  [/\bcpu (?:#)?\d+\b/g, 'cpu'],
  [/\b(pid|PID)[ :=]+\d+/g, '$1'],
  // A time: with its unit, or what is set equal to a fraction.
  [/\b\d+(?:\.\d+)?(?= ?(?:[mun]?s|secs?|seconds|jiffies)\b)/g, 'N'],
  [/(?<=[=:] ?)\d+\.\d+(?![\w.])/g, 'N'],
  [/(?<![\w.)>-])\/[^\s:]*\/([^\s/:]+:\d+)/g, '$1'],
  [/ {2,}/g, ' '],
]

/** Titles are for lists: what is longer is cut. */
const longest = 160

/** Nothing behind so many characters can come into a title; the patterns' work grows with the square of what they are given. */
const looked = 2_000

/** Takes a line of a report; returns it without addresses, offsets, CPUs, pids and the folders of absolute paths, cut to 160 characters. */
export function stableText(text: string): string {
  let stable = text.slice(0, looked)
  for (const [pattern, put] of passing) stable = stable.replaceAll(pattern, put)
  return stable.trim().slice(0, longest)
}

/** Takes `symbol+0xoff/0xsize [module]` as the kernel prints %pS; returns the symbol and the module's name. */
export function stableSymbol(text: string): string {
  // Since 5.15 the brackets may hold a build id behind the name (STACKTRACE_BUILD_ID).
  return stableText(text.replace(/ \[([^\] ]+) [0-9a-f]+\]/, ' [$1]'))
}

/** Takes the file that a report names; returns it relative to the kernel's tree where it is, else its last part: absolute paths are of the machine that built it. */
export function stableFile(file: string): string {
  return file.startsWith('/') ? (file.split('/').at(-1) ?? file) : file.replace(/^(?:\.\.?\/)+/, '')
}
