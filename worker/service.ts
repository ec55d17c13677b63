/**
 * The service process: `worker/service.ts until-down|while-used`. Owns the Temporal server (when none is configured)
 * and the worker process, restarts either when it dies, and ends both when it ends, however it ends.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../domain/errors.ts'
import { foldersFrom } from '../host/folders.ts'
import { temporalBinary } from '../host/temporal-binary.ts'
import { serveControl } from '../control/control-socket.ts'
import { hostId } from '../control/lab-id.ts'
import { ownStateFolder } from './ownership.ts'
import { startOwnServer, type OwnServer } from './own-server.ts'
import { registerSearchAttributes } from './search-attributes.ts'
import { serverSettings } from '../control/server-settings.ts'
import { controlSocket, removeServiceFacts, writeServiceFacts, type ServiceFacts } from '../control/service-file.ts'
import { RunStarter } from './start-run.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

let life = process.argv[2] === 'while-used' ? ('while-used' as const) : ('until-down' as const)
// Whoever started us may have gone, and with him the reader of what we say; that is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
const { state } = foldersFrom()
const owner = await ownStateFolder(state, note)
if (!owner) {
  process.stderr.write(`A hyplab service runs already on ${state}.\n`)
  process.exit(0)
}

let facts: ServiceFacts | undefined
const ready = Promise.withResolvers<ServiceFacts>()
let server: OwnServer | undefined
let worker: WorkerProcess | undefined
let starter: RunStarter | undefined
let ending: Promise<void> | undefined

const control = await serveControl(controlSocket(state), {
  // While it ends it answers nobody: who asks sees the connection close at the end, and starts the next service.
  facts: async () => await (ending ? new Promise<never>(() => {}) : (facts ?? ready.promise)),
  stop: () => (ending ??= end(0)),
  keep: async () => {
    life = 'until-down'
    if (facts) await writeServiceFacts(state, (facts = { ...facts, life }))
  },
  start: async (run) => {
    if (!starter) throw new Error('the service is not ready yet')
    await starter.start(run)
  },
  unused: async () => {
    if (life === 'while-used') await (ending ??= end(0))
  },
})
// Who starts us holds our standard input until he holds us: one that was killed meanwhile leaves nobody to end us for.
process.stdin
  .on('close', () => {
    if (life === 'while-used' && !control.held()) void (ending ??= end(0))
  })
  .resume()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void (ending ??= end(0)))

try {
  await start()
  process.stdout.write('ready\n')
} catch (error) {
  process.stderr.write(`${error instanceof LabError ? error.message : (error as Error).stack}\n`)
  await end(5)
}

async function start(): Promise<void> {
  // Here, because what is damaged is mended before others read it, and is told in our log.
  await hostId(state, note)
  const settings = serverSettings()
  let address: string
  let serverFacts: ServiceFacts['server'] = { kind: 'configured' }
  let ui: string | undefined
  if (settings.kind === 'own') {
    const binary = await temporalBinary(foldersFrom())
    const { namespace } = settings
    server = await startOwnServer({ binary: binary.path, state, namespace, ui: settings.ui, note })
    address = `127.0.0.1:${server.ports.grpc}`
    if (settings.ui) ui = `http://127.0.0.1:${server.ports.ui}`
    const open = server.open === undefined ? {} : { open: server.open }
    serverFacts = { kind: 'own', binary: binary.path, from: binary.from, ...open }
    void superviseServer(server)
  } else {
    address = settings.address
    await registerSearchAttributes(settings)
  }
  starter = new RunStarter(address, settings.namespace)
  // Beside the worker's start, and whoever starts a run is told when it fails.
  starter.connect().catch(() => undefined)
  worker = await startWorker(state, address, settings.namespace)
  void superviseWorker(address, settings.namespace)
  facts = {
    pid: process.pid,
    address,
    namespace: settings.namespace,
    server: serverFacts,
    life,
    started: Date.now(),
    ...(ui === undefined ? {} : { ui }),
    worker: { pid: worker.pid },
  }
  await writeServiceFacts(state, facts)
  ready.resolve(facts)
}

async function superviseServer(own: OwnServer): Promise<void> {
  for (;;) {
    await own.ended()
    if (ending) return
    note('the Temporal server died; starting it again')
    // On the same ports and database file: clients and worker reconnect, and nothing is lost.
    await insist(() => own.restart())
  }
}

async function superviseWorker(address: string, namespace: string): Promise<void> {
  for (;;) {
    await worker!.ended
    if (ending) return
    note('the worker died; starting it again')
    const started = await insist(
      () => startWorker(state, address, namespace),
      async (trouble) => {
        if (facts) await writeServiceFacts(state, (facts = { ...facts, worker: { ...facts.worker, trouble } }))
      },
    )
    if (!started) return
    worker = started
    if (facts) await writeServiceFacts(state, (facts = { ...facts, worker: { pid: worker.pid } }))
  }
}

/** Starts something again until it stays, because what died once may die again while it starts; undefined when we end first. */
async function insist<T>(
  start: () => Promise<T>,
  told: (why: string) => Promise<void> = async () => {},
): Promise<T | undefined> {
  while (!ending) {
    try {
      return await start()
    } catch (error) {
      note((error as Error).message)
      // Who asks meanwhile is to know it. A full disk keeps the facts from being written, and not from being told.
      await told((error as Error).message).catch((failed: Error) => note(failed.message))
      // What cannot start at all must not keep a core busy with trying.
      await delay(1_000)
    }
  }
  return undefined
}

async function end(code: number): Promise<void> {
  // The worker first: it cancels its activities, which power off what they hold, while there is a server to tell.
  await worker?.stop()
  await server?.stop()
  await removeServiceFacts(state)
  control.close()
  // Give the answer to `stop` its way out before the process goes.
  setImmediate(() => process.exit(code))
}

function note(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`)
}
