import { Command } from 'commander'
import { commandLines, type Define } from './command-lines.ts'
import type { Context } from './context.ts'
import { version } from './version.ts'

/** What `--help` says behind the commands. */
export const examples = `
Examples:
  hyplab run plans/first-look.yaml            build, boot, judge, show the table
  hyplab run plans/first-look.yaml --dry-run  say what it would do
  hyplab show 12                              the run's verdicts and findings; 12.1 a cell, 12.1.1 an attempt
  hyplab logs 12.1.1 --console uart0          what the target said, byte for byte
  hyplab inspect dmesg.txt                    the same judgement for a log from anywhere
  hyplab reproduce 12.1.1                     one command line that boots the same thing by hand
  hyplab report 12 --format html -o run.html  the run as one page; also text, md, junit, ktap, kcidb, json

Exit codes:
  0 as expected   1 a verdict is not what the plan expects   2 wrong command line, plan or lab file   3 the lab broke
  4 nothing there 5 server or store out of reach             130 interrupted`

/** What of a command is not loaded yet. */
const waiting = new WeakMap<Command, () => Promise<Define>>()

/**
 * The command line as commander knows it: options, examples, and of each command its line. The rest of a command is
 * loaded when it is named.
 * @param context what a command gets when it runs
 */
export function makeProgram(context: () => Context): Command {
  const program = new Command('hyplab')
    .description('Shows, with evidence, how a kernel behaves under pKVM with an FF-A secure partition manager.')
    .version(version)
    .option('--json', 'one JSON document on standard output')
    .option('--no-color', 'no colours')
    .option('--debug', 'show stack traces')
    .addHelpText('after', examples)
    // Whether a command has options is known only once it is loaded.
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '').trim()}`,
    })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'hyplab: ')) })
  for (const { usage, does, load } of commandLines) waiting.set(program.command(usage).description(does), load)
  return program.hook('preSubcommand', async (_, command) => await complete(command, context))
}

/** Reads the command line and runs the command that it names. @throws CommanderError, LabError */
export async function runCommand(program: Command, context: () => Context): Promise<void> {
  // Of `hyplab help run` commander calls no hook.
  const [help, named] = process.argv.slice(2).filter((word) => !word.startsWith('-'))
  const asked = help === 'help' && program.commands.find((command) => command.name() === named)
  if (asked) await complete(asked, context)
  await program.parseAsync()
}

/** Loads every command: for who tells of them all. */
export async function completeAll(program: Command, context: () => Context): Promise<void> {
  for (const command of program.commands) await complete(command, context)
}

async function complete(command: Command, context: () => Context): Promise<void> {
  const load = waiting.get(command)
  if (load === undefined) return
  waiting.delete(command)
  const define = await load()
  define(command, context)
}
