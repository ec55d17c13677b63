import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { completeAll, examples } from '../program.ts'
import { commandTree } from '../show/command-tree.ts'
import { completionFor, shells, type Shell } from '../show/completion.ts'
import { manualPage } from '../show/manual-page.ts'
import { version } from '../version.ts'

/** `completion SHELL`: a script for a shell, made of the same commands and options as `--help`. */
export function defineCompletion(command: Command, context: () => Context): void {
  command.registeredArguments[0]?.choices(shells)
  command.action(async (shell: Shell) => {
    context().print(completionFor(shell, commandTree(await whole(command, context))))
  })
}

/** `manual`: the manual page, made of the same. */
export function defineManual(command: Command, context: () => Context): void {
  command.action(async () => {
    context().print(manualPage(commandTree(await whole(command, context)), version, examples))
  })
}

async function whole(command: Command, context: () => Context): Promise<Command> {
  const program = command.parent!
  await completeAll(program, context)
  return program
}
