import type { Command } from 'commander'

/** A word that may stand on a command line, and what it means. */
export interface Word {
  word: string
  does: string
}

/** One command, as completions and the manual page tell of it. */
export interface CommandNode {
  /** The words that name it, without `hyplab`; empty for the program itself. */
  path: string[]
  does: string
  /** Its arguments as its help shows them, e.g. `<plan>`. */
  usage: string
  commands: Word[]
  /** Flags as its help shows them, e.g. `-d, --detach`. */
  options: { flags: string; words: string[]; takesValue: boolean; does: string }[]
  /** What an argument may be where there are few choices. */
  choices: string[]
}

/**
 * The program and all its commands, each before its own.
 * @param program with all commands loaded
 */
export function commandTree(program: Command): CommandNode[] {
  return nodesOf(program, [])
}

function nodesOf(command: Command, path: string[]): CommandNode[] {
  const help = command.createHelp()
  const options = help.visibleOptions(command).map(({ flags, long, short, required, optional, description }) => ({
    flags,
    words: [long, short].filter((word) => word !== undefined),
    takesValue: required || optional,
    does: description,
  }))
  const named = command.commands.map((each) => ({ word: each.name(), does: each.description() }))
  const node: CommandNode = {
    path,
    does: command.description(),
    usage: command.usage().replace('[options]', '').replace('[command]', '').trim(),
    commands: named,
    options,
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }
  return [node, ...command.commands.flatMap((each) => nodesOf(each, [...path, each.name()]))]
}
