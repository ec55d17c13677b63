import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { withClient } from '../../cli/temporal-client.ts'
import { readServiceFacts } from '../../control/service-file.ts'
import { leftBehind } from '../e2e/leftovers.ts'
import { processesOf } from '../e2e/processes.ts'
import type { Fault } from './check-run.ts'
import { faultsOfService } from './processes-of-lab.ts'

/** What is to go may take as long on a busy machine, seconds. */
const patience = 30

/**
 * All that is wrong with a lab in which no run is under way: what is left behind, what is damaged.
 * @param service whether its service is to run
 */
export async function faultsOfLab(state: string, { service }: { service: boolean }): Promise<Fault[]> {
  const leaks = await settled(async () => {
    const left = [...leftBehind(state, { service }), ...(service ? faultsOfService(processesOf(state)) : [])]
    // A server that is not there cannot be asked.
    return service && left.length === 0 ? await openWorkflows(state) : left
  })
  return [
    ...leaks.map((what) => ({ kind: 'leak' as const, what })),
    ...['results.db', 'temporal.db'].flatMap((name) => damages(join(state, name))),
  ]
}

/** Looks until nothing is left, and returns what stays. */
async function settled(look: () => Promise<string[]>): Promise<string[]> {
  for (const deadline = performance.now() + patience * 1000; ;) {
    // A folder that goes while it is read, or a server that comes: also something to be looked at again.
    const left = await look().catch((error: Error) => [error.message])
    if (left.length === 0 || performance.now() > deadline) return left
    await delay(200)
  }
}

/** Workflows that the server still has under way: a sentence each. */
export async function openWorkflows(state: string): Promise<string[]> {
  const facts = await readServiceFacts(state)
  if (!facts) return ['the service has written no service.json']
  return await withClient(facts, async (client) => {
    const open: string[] = []
    for await (const { workflowId, type } of client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
      open.push(`workflow ${type} ${workflowId} is still open on the server`)
    return open
  })
}

function damages(file: string): Fault[] {
  if (!existsSync(file)) return []
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    const said = database
      .prepare('pragma integrity_check')
      .all()
      .map((row) => String(row['integrity_check']))
    return said.filter((line) => line !== 'ok').map((line) => ({ kind: 'other', what: `${file}: ${line}` }))
  } catch (error) {
    return [{ kind: 'other', what: `${file} cannot be checked: ${(error as Error).message}` }]
  } finally {
    database.close()
  }
}
