/** Where in the sources a call stands, inlined ones too: what addr2line -i says, each with its discriminator. */
const places = String.raw`\((?:[^\s()]+:(?:\d+|\?)(?: \(discriminator \d+\))? ?)+\)`
/** As scripts/decode_stacktrace.sh (6.18.5, parse_symbol() and handle_line()) writes a symbol that it found, and the module without its brackets. */
const decoded = new RegExp(String.raw`([A-Za-z_$][\w.$]*) ${places}(?: ([\w-]+)(?= \([A-Z]+\)$|$))?`, 'g')

/**
 * Takes a message of a report; returns it with symbols as the kernel prints them (%pS, without its offsets), where
 * scripts/decode_stacktrace.sh put files and lines in the place of offset and size.
 */
export function asPrinted(message: string): string {
  if (!message.includes(' (')) return message
  return message.replaceAll(decoded, (_, name: string, module?: string) =>
    module === undefined ? `${name}+0x0/0x0` : `${name}+0x0/0x0 [${module}]`,
  )
}
