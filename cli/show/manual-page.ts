import type { CommandNode } from './command-tree.ts'

/**
 * The manual page, for `man -l`: each command with its options.
 * @param tail what `hyplab --help` says behind its commands: examples and exit codes
 */
export function manualPage(tree: readonly CommandNode[], version: string, tail: string): string {
  const [program, ...commands] = tree
  if (program === undefined) return ''
  return [
    `.TH HYPLAB 1 "" "hyplab ${version}" "User Commands"`,
    '.SH NAME',
    `hyplab \\- ${escaped(sentence(program.does))}`,
    '.SH SYNOPSIS',
    '.B hyplab',
    '[\\fIoptions\\fR] \\fIcommand\\fR ...',
    '.SH OPTIONS',
    ...optionsOf(program),
    '.SH COMMANDS',
    ...commands.flatMap(commandOf),
    '.SH EXAMPLES AND EXIT CODES',
    '.nf',
    ...tail.trim().split('\n').map(escaped),
    '.fi',
    '',
  ].join('\n')
}

function commandOf(node: CommandNode): string[] {
  const name = `\\fBhyplab ${escaped(node.path.join(' '))}\\fR`
  return ['.SS', `${name} ${escaped(node.usage)}`.trim(), escaped(node.does), ...optionsOf(node)]
}

function optionsOf({ options }: CommandNode): string[] {
  return options.flatMap(({ flags, does }) => ['.TP', `\\fB${escaped(flags)}\\fR`, escaped(does)])
}

/** Text for roff: it would take a hyphen for a mark to part words at, and a dot or a quote at the start of a line for its own. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
}

function sentence(text: string): string {
  return text.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase())
}
