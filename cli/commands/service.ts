import type { Command } from 'commander'
import type { WrongSchedule } from '../../reading/wrong-schedules.ts'
import { askService } from '../../control/ask-service.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { keepService } from '../service.ts'

/** `up`: the Temporal server and the worker as a background service of this user and state folder. */
export function defineUp(command: Command, context: () => Context): void {
  command.action(async () => {
    const { facts, started } = await keepService(context().folders.state)
    await report(context(), facts)
    context().talk(started ? 'It runs until `hyplab down`.' : 'It ran already.')
  })
}

/** `down`: that service stopped. */
export function defineDown(command: Command, context: () => Context): void {
  command.action(async () => {
    const { folders, json, printJson, talk } = context()
    const answer = await askService(folders.state, 'stop')
    if (json) printJson({ schemaVersion: 1, running: false })
    talk(answer ? 'Stopped.' : 'No service runs on this state folder.')
  })
}

/** `status`: that service, and how much room there is. */
export function defineStatus(command: Command, context: () => Context): void {
  command.action(async () => {
    const answer = await askService(context().folders.state, 'status')
    if (answer) await report(context(), answer.facts)
    else if (context().json) context().printJson({ schemaVersion: 1, running: false })
    else context().print(`not running; state folder ${context().folders.state}`)
    await answer?.close()
    if (!answer) process.exitCode = exitCodes.nothing
  })
}

async function report(context: Context, facts: ServiceFacts): Promise<void> {
  // Loaded here, because `down` does not open the store.
  const { roomNow, warningsOf } = await import('../room.ts')
  const { wrongInWords } = await import('../../reading/wrong-schedules.ts')
  const room = await roomNow(context.folders)
  // Without results there is no store, and no schedule was applied.
  const wrong = room ? await wrongOnes(context) : []
  if (context.json)
    return context.printJson({
      schemaVersion: 1,
      running: true,
      ...facts,
      ...(room && { room }),
      ...(wrong.length > 0 && { wrongSchedules: wrong }),
    })
  const server =
    facts.server.kind === 'own'
      ? `hyplab's own, ${facts.server.binary} (${facts.server.from})`
      : 'configured by TEMPORAL_* or temporal.toml'
  const rows: [string, string][] = [
    ['service', `pid ${facts.pid}, ${facts.life === 'until-down' ? 'until `hyplab down`' : 'while a command uses it'}`],
    ['worker', facts.worker.trouble ?? `pid ${facts.worker.pid}`],
    ['Temporal', `${facts.address}, namespace ${facts.namespace}; ${server}`],
    ...(facts.server.kind === 'own' && facts.server.open !== undefined
      ? [['open', `to every user of this host, because ${facts.server.open}: see docs/security.md`] as [string, string]]
      : []),
    ...(facts.ui ? [['web UI', facts.ui] as [string, string]] : []),
    ['state', context.folders.state],
  ]
  for (const [name, value] of rows) context.print(`${name.padEnd(9)} ${value}`)
  for (const warning of [...warningsOf(room), ...wrong.map(wrongInWords)]) context.talk(warning)
}

async function wrongOnes({ folders }: Context): Promise<WrongSchedule[]> {
  const { wrongSchedules } = await import('../../reading/wrong-schedules.ts')
  const { withStore } = await import('../with-store.ts')
  return await withStore(folders, wrongSchedules)
}
