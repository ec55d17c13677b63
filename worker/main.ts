/**
 * The worker process: `worker/main.ts ADDRESS NAMESPACE`. Serves workflows, builds and this host's places until SIGTERM,
 * or until it is killed: everything that it started dies with it, and the server gives its work to the next one.
 */
import { availableParallelism } from 'node:os'
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker'
import { Client } from '@temporalio/client'
import { createActivities } from '../activities/registry.ts'
import { foldersFrom } from '../host/folders.ts'
import { openStore } from '../store/store.ts'
import { queues } from '../domain/naming.ts'
import { Keeper } from './keeper.ts'
import { hostId, labId } from '../control/lab-id.ts'
import { reapLeftovers } from './reap.ts'
import { RunWatch } from './run-watch.ts'
import { serverSettings } from '../control/server-settings.ts'
import { workflowBundle } from './workflow-bundle.ts'

const [address, namespace] = process.argv.slice(2)
if (!address || !namespace) throw new Error('usage: worker/main.ts ADDRESS NAMESPACE')

Runtime.install({ logger: new DefaultLogger('WARN') })
const folders = foldersFrom()
const [lab, host] = [await labId(folders.state), await hostId(folders.state)]
await reapLeftovers(folders)
const settings = serverSettings()
const options = settings.kind === 'configured' ? settings.connection : { address }
const [connection, codePath, store] = await Promise.all([
  NativeConnection.connect(options),
  workflowBundle(folders.cache),
  openStore(folders.state),
])
const client = new Client({ connection, namespace })
const activities = createActivities({ folders, store, client })
const common: Partial<WorkerOptions> = {
  connection,
  namespace,
  shutdownGraceTime: '2s',
  shutdownForceTime: '20s',
  // A step hears of its cancel in the answer to a heartbeat. Left alone, the SDK holds heartbeats back for 80 % of their
  // time-out, 8 s for a boot and 16 s for a build.
  maxHeartbeatThrottleInterval: '1s',
}

/**
 * A machine keeps 1.4 CPUs busy while it boots, and none while its attempt is prepared and judged: two at once leave none of
 * two cores idle, and more only slow each other down (`npm run bench -- night`).
 */
const bootsAtOnce = Math.max(2, Math.floor(availableParallelism() / 1.4))

/** A step on a place of a lab waits for a board, or for another to be done with it. */
const placesAtOnce = 200

const workers = await Promise.all([
  Worker.create({
    ...common,
    taskQueue: queues.main(lab),
    workflowBundle: { codePath },
    activities,
    // After kill -9 the next worker gets the cached workflows after 2 s instead of 10.
    stickyQueueScheduleToStartTimeout: '2s',
  }),
  // One build at a time uses all cores by itself; two would only take turns.
  Worker.create({ ...common, taskQueue: queues.build(lab), activities, maxConcurrentActivityTaskExecutions: 1 }),
  Worker.create({
    ...common,
    taskQueue: queues.host(lab, host),
    activities,
    maxConcurrentActivityTaskExecutions: bootsAtOnce,
  }),
  Worker.create({
    ...common,
    taskQueue: queues.places(lab, host),
    activities,
    maxConcurrentActivityTaskExecutions: placesAtOnce,
  }),
  Worker.create({
    ...common,
    taskQueue: queues.closing(lab, host),
    activities,
    maxConcurrentActivityTaskExecutions: 2,
  }),
])
const running = Promise.all(workers.map((worker) => worker.run()))
const watch = new RunWatch({ store, client, lab, host })
void watch.start()
const keeper = new Keeper({ folders, store }, (text) => process.stderr.write(`${new Date().toISOString()} ${text}\n`))
const keeping = keeper.start()
// The service waits for this line; when its end of our standard input closes, it has died.
process.stdout.write('ready\n')
process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM')).resume()
await running
watch.stop()
keeper.stop()
await keeping
await store.close()
await connection.close()
// The pipe from the service is still open and would keep this process alive.
process.stdin.destroy()
