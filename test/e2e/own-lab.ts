import { rm } from 'node:fs/promises'
import { followRun, type Happened } from '../../cli/follow.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import { startHyplab, type Command, type Ended } from './command.ts'
import type { RunDocument } from './documents.ts'
import { expectNothingLeft } from './leftovers.ts'

/** A state folder of its own, and the real `hyplab` on it. */
export class Lab {
  readonly state: string
  #store: Store | undefined
  readonly #atEnd: (() => Promise<void>)[] = []

  constructor(state: string) {
    this.state = state
  }

  /** Results, read while others write them. */
  get store(): Store {
    if (!this.#store) throw new Error('the lab is not open')
    return this.#store
  }

  async open(): Promise<void> {
    this.#store = await openStore(this.state)
  }

  /** Stops its service, checks that nothing is left, and takes it away. */
  async close(): Promise<void> {
    await this.hyplab('down')
    await this.store.close()
    await expectNothingLeft(this.state)
    for (const last of this.#atEnd) await last()
    await rm(this.state, { recursive: true })
  }

  /** Something to be done when the lab has been closed. */
  atEnd(action: () => Promise<void>): void {
    this.#atEnd.push(action)
  }

  start(...args: string[]): Command {
    return startHyplab(this.state, args)
  }

  /** Starts a command with other values of some environment variables. */
  startIn(environment: Record<string, string>, ...args: string[]): Command {
    return startHyplab(this.state, args, environment)
  }

  /** Runs a command to its end. */
  hyplab(...args: string[]): Promise<Ended> {
    return this.start(...args).ended
  }

  /** The document that a command prints with --json, whatever it exits with. */
  async json<Document>(...args: string[]): Promise<Document> {
    const { stdout, stderr } = await this.hyplab(...args, '--json')
    if (stdout === '') throw new Error(`hyplab ${args.join(' ')} printed no document: ${stderr}`)
    return JSON.parse(stdout) as Document
  }

  /** Starts the service as `hyplab up` does. */
  async up(): Promise<void> {
    const { code, stderr } = await this.hyplab('up')
    if (code !== 0) throw new Error(`hyplab up exits with ${code}: ${stderr}`)
  }

  /** What `hyplab status` says of the service that runs. */
  async service(): Promise<ServiceFacts> {
    return await this.json('status')
  }

  /** What is known of a run once it has ended. @throws Error when it has not ended in time */
  async ended(run: number, seconds = 200): Promise<RunDocument> {
    const patience = AbortSignal.timeout(seconds * 1000)
    for await (const _event of followRun(this.store, run, patience));
    if (patience.aborted) throw new Error(`run ${run} has not ended within ${seconds} s`)
    return await this.json('show', String(run))
  }

  /** The first event of a run that fits; the ones before it count too. @throws Error when none came in time */
  async event(run: number, what: string, fits: (event: Happened) => boolean, seconds = 200): Promise<Happened> {
    const patience = AbortSignal.timeout(seconds * 1000)
    for await (const event of followRun(this.store, run, patience)) if (fits(event)) return event
    throw new Error(`run ${run}: no ${what}${patience.aborted ? ` within ${seconds} s` : ', and it has ended'}`)
  }
}
