import type { Command } from 'commander'
import type { Context } from './context.ts'

/** Gives a command, of which only its line in `--help` is known, its options, its subcommands and what it does. */
export type Define = (command: Command, context: () => Context) => void

/** One line of `hyplab --help`. */
export interface CommandLine {
  /** Its name and arguments, as commander reads them. */
  usage: string
  does: string
  /** Loaded when the command is named, because each command pays at its start for what it loads. */
  load: () => Promise<Define>
}

/** All commands, in the order of `--help`. */
export const commandLines: readonly CommandLine[] = [
  {
    usage: 'run <plan>',
    does: 'build, boot and judge every cell of a plan; - is standard input',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    usage: 'watch [run]',
    does: 'follow a run; Ctrl-C stops the watching only',
    load: async () => (await import('./commands/watch.ts')).defineWatch,
  },
  {
    usage: 'list',
    does: 'list the newest runs',
    load: async () => (await import('./commands/list.ts')).defineList,
  },
  {
    usage: 'show [what]',
    does: 'show a run (12), a cell (12.3) or an attempt (12.3.1); the newest run by default',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    usage: 'logs [attempt]',
    does: 'write what a console said, byte for byte; a run or cell stands for its newest attempt',
    load: async () => (await import('./commands/logs.ts')).defineLogs,
  },
  {
    usage: 'smc [attempt]',
    does: 'list the FF-A, PSCI and TRNG calls of an attempt; a run or cell stands for its newest attempt',
    load: async () => (await import('./commands/smc.ts')).defineSmc,
  },
  {
    usage: 'cancel <run>',
    does: 'cancel a run: power off, also boards that are kept by --hold-on-fail; stop builds that nobody else needs, keep what was shown so far',
    load: async () => (await import('./commands/cancel.ts')).defineCancel,
  },
  {
    usage: 'build <plan>',
    does: 'make the builds of a plan without booting; - is standard input',
    load: async () => (await import('./commands/build.ts')).defineBuild,
  },
  {
    usage: 'timeline [attempt]',
    does: 'tell an attempt as one story, in order: consoles, SMCs, records, stages',
    load: async () => (await import('./commands/timeline.ts')).defineTimeline,
  },
  {
    usage: 'reproduce <attempt>',
    does: 'print the command line, or for a board the steps, that boot the same thing by hand',
    load: async () => (await import('./commands/reproduce.ts')).defineReproduce,
  },
  {
    usage: 'judge <run>',
    does: "judge a run's stored attempts again with today's probes, and show which findings change",
    load: async () => (await import('./commands/judge.ts')).defineJudge,
  },
  {
    usage: 'plan',
    does: 'check plans',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    usage: 'lab',
    does: "check labs' files, make one of labgrid's",
    load: async () => (await import('./commands/lab.ts')).defineLab,
  },
  {
    usage: 'places',
    does: 'list the places of a lab: who has them, since when, and what for',
    load: async () => (await import('./commands/places.ts')).definePlaces,
  },
  {
    usage: 'reserve <place>',
    does: 'keep a place of a lab for yourself',
    load: async () => (await import('./commands/places.ts')).defineReserve,
  },
  {
    usage: 'release <place>',
    does: 'give a place back that you have reserved; a board that a run kept for you is switched off',
    load: async () => (await import('./commands/places.ts')).defineRelease,
  },
  {
    usage: 'place <place> <action>',
    does: "switch a place's power by hand, or ask for it; nobody else may have the place",
    load: async () => (await import('./commands/places.ts')).definePlace,
  },
  {
    usage: 'console <place> [name]',
    does: 'type at a console of a place; while an attempt runs there, read along',
    load: async () => (await import('./commands/places.ts')).defineConsole,
  },
  {
    usage: 'flash <place> <image>',
    does: 'put a kernel onto a place by hand, and with --boot start it and join its console',
    load: async () => (await import('./commands/places.ts')).defineFlash,
  },
  {
    usage: 'schedule',
    does: 'run plans night after night',
    load: async () => (await import('./commands/schedule.ts')).defineSchedule,
  },
  {
    usage: 'nights [schedule]',
    does: 'list the newest nights of a schedule, or of all, newest first',
    load: async () => (await import('./commands/nights.ts')).defineNights,
  },
  {
    usage: 'flakes [plan]',
    does: 'tell what is not steady, of a plan by its name or of all: rates, what they keep to, what fails together',
    load: async () => (await import('./commands/flakes.ts')).defineFlakes,
  },
  {
    usage: 'report <what>',
    does: 'tell a run (12, latest), or the newest night of a schedule held against the nights before it',
    load: async () => (await import('./commands/report.ts')).defineReport,
  },
  {
    usage: 'compare <base> [series]',
    does: 'tell what changed from one run to another, or in one run from one kernel (or other axis) to another',
    load: async () => (await import('./commands/compare.ts')).defineCompare,
  },
  {
    usage: 'rerun <cell>',
    does: 'boot a cell as it is and with inputs of an earlier result, by turns on the same place, and say which input did it; each that moved when none is named',
    load: async () => (await import('./commands/rerun.ts')).defineRerun,
  },
  {
    usage: 'bisect <cell>',
    does: 'find by boots which patch, commit or release a finding comes out otherwise with; boots that deceive are repeated',
    load: async () => (await import('./commands/bisect.ts')).defineBisect,
  },
  {
    usage: 'findings',
    does: 'list what hyplab can find, one line each; docs/findings.md says what each rests on',
    load: async () => (await import('./commands/findings.ts')).defineFindings,
  },
  {
    usage: 'inspect [files...]',
    does: 'judge logs, PCRs and measurement lists of one machine from anywhere; - is standard input',
    load: async () => (await import('./commands/inspect.ts')).defineInspect,
  },
  {
    usage: 'pin <what>',
    does: 'keep all files of a run (12) or of one of its cells (12.3), whatever the rules say',
    load: async () => (await import('./commands/pins.ts')).definePin,
  },
  {
    usage: 'unpin <what>',
    does: 'let the rules decide again what is kept of a run or a cell',
    load: async () => (await import('./commands/pins.ts')).defineUnpin,
  },
  {
    usage: 'pins',
    does: 'list what is pinned, by whom and why',
    load: async () => (await import('./commands/pins.ts')).definePins,
  },
  {
    usage: 'gc',
    does: 'remove files that the rules no longer keep; verdicts, findings and what is pinned always stay',
    load: async () => (await import('./commands/gc.ts')).defineGc,
  },
  {
    usage: 'up',
    does: 'start the Temporal server and the worker in the background',
    load: async () => (await import('./commands/service.ts')).defineUp,
  },
  {
    usage: 'down',
    does: 'stop the background service; runs stay where they are and go on with the next `hyplab up`',
    load: async () => (await import('./commands/service.ts')).defineDown,
  },
  {
    usage: 'status',
    does: 'say what runs: server, worker, and which Temporal binary',
    load: async () => (await import('./commands/service.ts')).defineStatus,
  },
  {
    usage: 'doctor',
    does: 'check this machine: packages, tools, folders, server; say how to mend what is missing',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    usage: 'completion <shell>',
    does: 'print a script that completes command lines: bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).defineCompletion,
  },
  {
    usage: 'manual',
    does: 'print the manual page, for man -l',
    load: async () => (await import('./commands/completion.ts')).defineManual,
  },
]
