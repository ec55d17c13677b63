import { kernelMessage, messageStart } from '../console/kernel-message.ts'
import type { ConsoleLine, ConsoleLog } from '../console/line.ts'
import { initcallLevels, type Initcall, type InitcallLevel, type Moment, type TimelineEntry } from './initcall.ts'

// init/main.c trace_initcall_start_cb(), trace_initcall_finish_cb(), trace_initcall_level_cb() and drivers/base/dd.c
// really_probe_debug(), the same texts in 5.15 to 7.3 except that level lines came with 6.18 and `with driver` with 7.x.
const calling =
  /^calling  (?<name>\S+?)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[(?<module>[^\] ]+)[^\]]*\])? @ (?<pid>\d+)$/
const returned =
  /^initcall (?<name>\S+?)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[(?<module>[^\] ]+)[^\]]*\])? returned (?<value>-?\d+) after (?<usecs>-?\d+) usecs/
const entering = /^entering initcall level: (?<level>\w+)$/
const probed =
  /^probe of (?<name>\S+)(?: with driver (?<driver>.+?))? returned (?<value>-?\d+) after (?<usecs>-?\d+) usecs/

/** The first letters of the messages above: few other lines begin with them and then fail the patterns. */
const firstLetters = 'cpie'

/** A log in which more is listed is no boot; what comes after is left out. */
const longest = 50_000

/** Reads the initcalls and probes of one console, line by line, in memory that does not grow with the log. */
export class InitcallReader {
  readonly entries: TimelineEntry[] = []
  readonly #open: Initcall[] = []
  #level: InitcallLevel | undefined

  /** Takes the next line of the console. */
  line(line: ConsoleLine): void {
    if (!firstLetters.includes(line.text[messageStart(line.text)] ?? ' ')) return
    const { at, message } = kernelMessage(line.text)
    const moment = at === undefined ? { line: line.number } : { line: line.number, at }
    let groups = calling.exec(message)?.groups
    if (groups) return this.#called(groups, moment)
    groups = returned.exec(message)?.groups
    if (groups) return this.#returned(groups, moment)
    groups = probed.exec(message)?.groups
    if (groups) return this.#probed(groups, moment)
    const level = entering.exec(message)?.groups?.['level']
    if (level) this.#level = initcallLevels.find((each) => each === level)
  }

  #called(groups: Groups, called: Moment): void {
    const initcall: Initcall = { ...this.#named(groups), pid: Number(groups['pid']), called }
    this.#open.push(initcall)
    this.#add(initcall)
  }

  #returned(groups: Groups, moment: Moment): void {
    const outcome = { returned: moment, value: Number(groups['value']), usecs: Number(groups['usecs']) }
    // Modules load side by side, so the one that returns need not be the one called last.
    const index = this.#open.findLastIndex(({ name, module }) => name === groups['name'] && module === groups['module'])
    const [open] = index < 0 ? [] : this.#open.splice(index, 1)
    if (open) Object.assign(open, outcome)
    else this.#add({ ...this.#named(groups), ...outcome })
  }

  #probed(groups: Groups, moment: Moment): void {
    this.#add({
      kind: 'probe',
      name: groups['name']!,
      ...(groups['driver'] && { driver: groups['driver'] }),
      ...(this.#level && { level: this.#level }),
      returned: moment,
      value: Number(groups['value']),
      usecs: Number(groups['usecs']),
    })
  }

  #named(groups: Groups): Initcall {
    const { name, module } = groups
    return { kind: 'initcall', name: name!, ...(module ? { module } : this.#level && { level: this.#level }) }
  }

  #add(entry: TimelineEntry): void {
    if (this.entries.length < longest) this.entries.push(entry)
  }
}

type Groups = Record<string, string>

/**
 * Takes a console of a kernel that ran with `initcall_debug`; returns its initcalls in the order in which they were
 * called, and its drivers' probes where they came back: none without `initcall_debug`. An entry without `returned` never
 * came back as far as the log goes.
 */
export function initcallTimeline(log: ConsoleLog): TimelineEntry[] {
  const reader = new InitcallReader()
  for (const line of log.lines) reader.line(line)
  return reader.entries
}
