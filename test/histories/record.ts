/**
 * Records histories of real workflows for the replay test: `record.ts NAME=RUN...` with HYPLAB_STATE on a lab whose
 * service runs. Writes NAME.runPlan.json, or NAME.night.json of a run that a schedule began, NAME.runCell.json (of the
 * first cell) and NAME.buildOnce.json (of the run's first build that was made by this server) beside itself; of a
 * bisection or a rerun NAME.runSearch.json alone. Where this machine's folders and its name stand in a history, others
 * are put; replay looks at neither.
 */
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { workflowIds } from '../../domain/naming.ts'
import { foldersFrom } from '../../host/folders.ts'
import { runDetail } from '../../store/details.ts'
import { nightOfRun } from '../../store/nights.ts'
import { openStore } from '../../store/store.ts'
import { hostId, labId } from '../../control/lab-id.ts'
import { readServiceFacts } from '../../control/service-file.ts'

/** NOT_FOUND of gRPC. */
const notFound = 5

const { state, cache } = foldersFrom()
const facts = await readServiceFacts(state)
if (!facts) throw new Error('no service runs on HYPLAB_STATE: hyplab up')
const connection = await Connection.connect({ address: facts.address })
const { workflow } = new Client({ connection, namespace: facts.namespace })
const store = await openStore(state)
const [lab, host] = [await labId(state), await hostId(state)]

for (const argument of process.argv.slice(2)) {
  const [name, run] = argument.split('=')
  const { run: row, cells } = await runDetail(store, Number(run))
  if (row.options?.search) {
    await record(row.workflowId, `${name}.runSearch`)
    continue
  }
  const isNight = (await nightOfRun(store, row.id)) !== undefined
  await record(row.workflowId, `${name}.${isNight ? 'night' : 'runPlan'}`)
  await record(workflowIds.cell(row.workflowId, cells[0]!.number), `${name}.runCell`)
  for (const build of [cells[0]!.kernelBuild, cells[0]!.firmwareBuild])
    if (build !== null && (await record(workflowIds.build(lab, build), `${name}.buildOnce`))) break
}
await store.close()
await connection.close()

/** @returns whether there is such a workflow */
async function record(workflowId: string, name: string): Promise<boolean> {
  const history = await workflow
    .getHandle(workflowId)
    .fetchHistory()
    .catch((error: { code?: number }) => {
      if (error.code === notFound) return undefined
      throw error
    })
  if (!history) return false
  const text = JSON.stringify(neutral(JSON.parse(historyToJSON(history))), null, 1)
  await writeFile(new URL(`${name}.json`, import.meta.url), `${text}\n`)
  return true
}

/** Payloads are JSON in base64 and are looked into; everything else is looked at as it is. */
function neutral(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => neutral(one))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, neutral(one, name)]))
  if (typeof value !== 'string') return value
  if (key !== 'data') return withoutThisMachine(value)
  const decoded = Buffer.from(value, 'base64')
  const text = decoded.toString()
  if (!Buffer.from(text).equals(decoded)) return value
  return Buffer.from(withoutThisMachine(text)).toString('base64')
}

function withoutThisMachine(text: string): string {
  return text
    .replaceAll(state, '/state')
    .replaceAll(cache, '/cache')
    .replaceAll(fileURLToPath(new URL('../../', import.meta.url)), '/hyplab/')
    .replaceAll(`host-${host}`, 'host-here')
    .replaceAll(`@${hostname()}`, '@here')
    .replaceAll(`"host":"${host}"`, '"host":"here"')
}
