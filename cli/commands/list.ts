import { InvalidArgumentError, type Command } from 'commander'
import { counted } from '../../domain/counted.ts'
import { runsWaitingForRoom } from '../../store/room-waits.ts'
import { listRuns } from '../../store/runs.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { builtInShort, isOfBuilds } from '../show/builds-report.ts'
import { paintVerdict } from '../show/paint.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { verdicts } from '../../domain/verdict/verdict.ts'

/** `list`: the newest runs, newest first. */
export function defineList(command: Command, context: () => Context): void {
  command.option('-n, --number <count>', 'how many', wholeNumber, 20).action(async ({ number }: { number: number }) => {
    const [runs, waiting] = await withStore(context().folders, (store) =>
      Promise.all([listRuns(store, number), runsWaitingForRoom(store)]),
    )
    const { json, paint, print, printJson, talk } = context()
    if (json) {
      const told = runs.map((run) => ({ ...run, planText: undefined, waitsForRoom: waiting.has(run.id) }))
      return printJson({ schemaVersion: 1, runs: told })
    }
    if (runs.length === 0) {
      process.exitCode = exitCodes.nothing
      return talk('No runs yet: `hyplab run PLAN` makes one.')
    }
    const rows = runs.map((run) => {
      const counts = verdicts
        .filter((verdict) => run.verdicts[verdict])
        .map((verdict) => `${run.verdicts[verdict]} ${paintVerdict(verdict, paint)}`)
      const came = run.options?.search
        ? (run.summary ?? `looks for what did it to ${run.options.search.of}`)
        : isOfBuilds(run)
          ? builtInShort(run, paint)
          : counts.join(', ') || counted(run.cells, 'cell')
      const state = waiting.has(run.id) ? paint.yellow('waits for room') : run.state
      return [String(run.id), run.plan, when(run.started), state, came]
    })
    print(table([['run', 'plan', 'started', 'state', 'verdicts'].map(paint.dim), ...rows]))
  })
}

/** Local time to the minute. */
export function when(epochMs: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const at = new Date(epochMs)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
