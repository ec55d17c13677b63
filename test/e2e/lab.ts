import { existsSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, inject } from 'vitest'
import { followRun, type Happened } from '../../cli/follow.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { ServiceFacts } from '../../worker/service-file.ts'
import { startHyplab, type Command, type Ended } from './command.ts'
import type { RunDocument } from './documents.ts'
import { expectNothingLeft } from './leftovers.ts'
import { firstLook } from './plans.ts'

/** A state folder of its own, and the real `hyplab` on it. */
export interface Lab {
  state: string
  /** Results, read while others write them. */
  store: Store
  start(...args: string[]): Command
  /** Runs a command to its end. */
  hyplab(...args: string[]): Promise<Ended>
  /** The document that a command prints with --json, whatever it exits with. */
  json<Document>(...args: string[]): Promise<Document>
  /** Starts the service as `hyplab up` does. */
  up(): Promise<void>
  /** What `hyplab status` says of the service that runs. */
  service(): Promise<ServiceFacts>
  /** What is known of a run once it has ended. @throws Error when it has not ended in time */
  ended(run: number, seconds?: number): Promise<RunDocument>
  /** The first event of a run that fits; the ones before it count too. @throws Error when none came in time */
  event(run: number, what: string, fits: (event: Happened) => boolean, seconds?: number): Promise<Happened>
}

/**
 * A lab for one test file, where the builds of plans/first-look.yaml are there already unless it is `empty`. After the
 * file's last test its service is stopped, and that nothing is left is checked.
 */
export async function openLab(name: string, options: { empty?: boolean } = {}): Promise<Lab> {
  const state = join(inject('sharedFolder'), name)
  if (options.empty) await mkdir(state)
  else await cp(await builtState(), state, { recursive: true, preserveTimestamps: true })
  const lab = labOn(state, await openStore(state))
  afterAll(async () => {
    await lab.hyplab('down')
    await lab.store.close()
    await expectNothingLeft(state)
    await rm(state, { recursive: true })
  })
  return lab
}

function labOn(state: string, store: Store): Lab {
  const start: Lab['start'] = (...args) => startHyplab(state, args)
  const hyplab: Lab['hyplab'] = (...args) => start(...args).ended
  const json: Lab['json'] = async <Document>(...args: string[]) => {
    const { stdout, stderr } = await hyplab(...args, '--json')
    if (stdout === '') throw new Error(`hyplab ${args.join(' ')} printed no document: ${stderr}`)
    return JSON.parse(stdout) as Document
  }
  return {
    state,
    store,
    start,
    hyplab,
    json,
    up: async () => expect(await hyplab('up')).toMatchObject({ code: 0 }),
    service: () => json('status'),
    async ended(run, seconds = 200) {
      const patience = AbortSignal.timeout(seconds * 1000)
      for await (const _event of followRun(store, run, patience));
      if (patience.aborted) throw new Error(`run ${run} has not ended within ${seconds} s`)
      return await json('show', String(run))
    },
    async event(run, what, fits, seconds = 120) {
      const patience = AbortSignal.timeout(seconds * 1000)
      for await (const event of followRun(store, run, patience)) if (fits(event)) return event
      throw new Error(`run ${run}: no ${what}${patience.aborted ? ` within ${seconds} s` : ', and it has ended'}`)
    },
  }
}

/** A state folder in which plans/first-look.yaml was built and nothing runs; made by the first test file that asks. */
async function builtState(): Promise<string> {
  const state = join(inject('sharedFolder'), 'built')
  if (existsSync(state)) return state
  const part = `${state}.part`
  await mkdir(part)
  const { code, stderr } = await startHyplab(part, ['build', firstLook]).ended
  if (code !== 0) throw new Error(`plans/first-look.yaml cannot be built: ${stderr}`)
  await expectNothingLeft(part)
  // A copy is another lab: it gets an id, ports and a Temporal server of its own.
  for (const name of ['lab-id', 'ports.json', 'temporal.db', 'temporal.db-shm', 'temporal.db-wal', 'logs'])
    await rm(join(part, name), { recursive: true, force: true })
  await cp(part, state, { recursive: true, preserveTimestamps: true })
  await rm(part, { recursive: true })
  return state
}
