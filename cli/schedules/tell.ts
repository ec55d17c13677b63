import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { queues, summary, workflowIds } from '../../domain/naming.ts'
import { moment } from '../../domain/schedule/wall-clock.ts'
import type { Schedule } from '../../domain/schedule/schedule.ts'
import type { Telling } from '../../domain/tell/telling.ts'
import { readScheduleAlone } from '../../reading/read-schedule.ts'
import { listDeliveries, type Delivery } from '../../store/deliveries.ts'
import { listSchedules } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import type { TestTold } from '../../workflows/night-contracts.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { withSchedules } from './with-schedules.ts'

/** So many messages are shown, the newest. */
const shown = 10

/** `schedule tell`. */
export async function showTelling(
  { folders, json, paint, print, printJson, talk }: Context,
  name: string,
): Promise<void> {
  await withStore(folders, async (store) => {
    const { schedule } = await toldSchedule(store, name)
    const deliveries = await listDeliveries(store, name, shown)
    if (json) {
      const told = deliveries.map(deliveryJson)
      return printJson({
        schemaVersion: 1,
        tell: schedule.tell.map(({ key, when, every }) => ({ key, when, every })),
        told,
      })
    }
    const head = ['who', 'when'].map(paint.dim)
    print(table([head, ...schedule.tell.map((telling) => [telling.key, whenInWords(telling)])]))
    if (deliveries.length === 0) return talk('Nobody was told of a night of it yet.')
    const { zone } = schedule.when
    const rows = deliveries.map((each) => [moment(each.message.written, zone), each.target, ...deliveryInWords(each)])
    print(`\n${table([['written', 'who', 'what', 'what became of it'].map(paint.dim), ...rows])}`)
  })
}

/** `schedule tell --test`. The service sends it, as it would a night's: with its environment and from its machine. */
export async function testTelling(context: Context, name: string): Promise<void> {
  const file = await withStore(context.folders, async (store) => (await toldSchedule(store, name)).file)
  const told = await withSchedules(context, async ({ client, owner: { lab } }): Promise<TestTold[]> => {
    return (await client.workflow.execute('testTelling', {
      workflowId: workflowIds.tellingTest(lab, name, Date.now()),
      taskQueue: queues.main(lab),
      args: [{ file }],
      staticSummary: summary(`test who is told of ${name}`),
    })) as TestTold[]
  })
  if (context.json) context.printJson({ schemaVersion: 1, told })
  else
    context.print(
      told.map(({ target, ok, answer }) => `${target}: ${ok ? answer : `not delivered. ${answer}`}`).join('\n'),
    )
  if (told.some(({ ok }) => !ok)) process.exitCode = exitCodes.infra
}

/** The schedule of a name, applied or in the folder, with its file. @throws LabError NotFound when it is not, or tells nobody */
async function toldSchedule(store: Store, name: string): Promise<{ schedule: Schedule; file: string }> {
  const applied = (await listSchedules(store)).find((row) => row.name === name)?.file
  const candidates = [applied, ...['yaml', 'yml'].map((ending) => resolve(join('schedules', `${name}.${ending}`)))]
  const file = candidates.find((path) => path !== undefined && existsSync(path))
  if (file === undefined)
    throw new LabError('NotFound', `There is no schedule ${name}: \`hyplab schedule list\` lists them.`)
  const { schedule } = readScheduleAlone(file)
  if (schedule.tell.length > 0) return { schedule, file }
  throw new LabError('NotFound', `${file} tells nobody: add tell, see docs/nights.md.`)
}

function whenInWords({ when, every }: Telling): string {
  if (when !== 'digest') return when
  return every === 0
    ? 'digest each night'
    : `digest every ${every % 86_400 === 0 ? `${every / 86_400} d` : `${every / 3600} h`}`
}

/** What a message was about and what became of it. */
export function deliveryInWords({ message, state, answer }: Delivery): [subject: string, became: string] {
  const became = { sent: 'sent', waiting: 'not yet', undelivered: 'not delivered' }[state]
  return [message.subject, answer === null ? became : `${became}: ${answer}`]
}

function deliveryJson({ message, target, night, state, answer }: Delivery): object {
  const { id, subject, written } = message
  return { id, target, night, subject, written, state, answer }
}
