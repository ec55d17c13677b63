import { dirname, join } from 'node:path'
import { Connection } from '@temporalio/client'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchAttributes } from '../../domain/naming.ts'
import { foldersFrom } from '../../host/folders.ts'
import { freePorts } from '../../host/free-port.ts'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'

// compose/namespace.sh as the cluster's one-shot service runs it, against a real server that knows nothing of hyplab.

const script = join(import.meta.dirname, '../../compose/namespace.sh')
/** temporal.api.enums.v1.IndexedValueType: KEYWORD. */
const keyword = 2

let server: GuardedProcess
let address: string
let env: Record<string, string>

beforeAll(async () => {
  const { path } = await temporalBinary(foldersFrom())
  address = `127.0.0.1:${(await freePorts(1))[0]}`
  env = { TEMPORAL_ADDRESS: address, HYPLAB_NAMESPACE: 'lab', PATH: `${dirname(path)}:${process.env['PATH']}` }
  const port = address.split(':')[1]!
  server = startGuarded(path, ['server', 'start-dev', '--headless', '--ip=127.0.0.1', `--port=${port}`])
  // Nobody reads what it says; it must not wait for a reader.
  server.child.stdout?.resume()
  server.child.stderr?.resume()
})

afterAll(async () => {
  server.kill('SIGKILL')
  await server.ended
})

/** The attributes of the namespace that are not Temporal's own. */
async function registered(): Promise<Record<string, unknown>> {
  const connection = await Connection.connect({ address, connectTimeout: '60s' })
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'lab' })
    return customAttributes
  } finally {
    await connection.close()
  }
}

test(
  'waits for the server, makes the namespace and the search attributes that hyplab uses',
  { timeout: 120_000 },
  async () => {
    await execa('sh', [script], { env })
    const ours = Object.fromEntries(
      Object.entries(searchAttributes).map(([name, type]) => [name, type === 'Keyword' ? keyword : undefined]),
    )
    expect(await registered()).toMatchObject(ours)
  },
)

test('can be run again', { timeout: 120_000 }, async () => {
  const before = await registered()
  await execa('sh', [script], { env })
  expect(await registered()).toEqual(before)
})

test('makes no search attribute that hyplab does not know', async () => {
  const labs = Object.keys(await registered()).filter((name) => name.startsWith('Lab'))
  expect(labs.sort()).toEqual(Object.keys(searchAttributes).sort())
})
