import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { listPins, pin, unpin, type Pin } from '../../store/keeping/pins.ts'
import { resolve } from '../../store/resolve.ts'
import { formatResultId } from '../../store/result-id.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { when } from './list.ts'

/** `pin RUN|CELL`: nothing of it is removed. */
export function definePin(command: Command, context: () => Context): void {
  command
    .requiredOption('--why <text>', 'what for: whoever wonders later reads it')
    .action(async (text: string, { why }: { why: string }) => {
      if (why.trim() === '') throw new LabError('BadInput', '--why is empty: say what the run is kept for.')
      await withStore(context().folders, async (store) => {
        const what = await pinnable(store, text)
        const made: Pin = { ...what, why: why.trim(), by: userInfo().username, at: Date.now() }
        await pin(store, made)
        const { json, printJson, talk } = context()
        if (json) return printJson({ schemaVersion: 1, pin: pinToJson(made) })
        talk(`${nameOf(made)} is pinned: \`hyplab unpin ${nameOf(made)}\` ends that.`)
      })
    })
}

/** `unpin RUN|CELL`: the rules decide again. */
export function defineUnpin(command: Command, context: () => Context): void {
  command.action(async (text: string) => {
    await withStore(context().folders, async (store) => {
      const what = await pinnable(store, text)
      const { json, printJson, talk } = context()
      if (!(await unpin(store, what))) {
        const pinned = (await listPins(store)).map(nameOf)
        const there = pinned.length === 0 ? 'nothing is pinned' : `pinned is ${pinned.join(', ')}`
        throw new LabError('NotFound', `${nameOf(what)} is not pinned; ${there}.`)
      }
      if (json) return printJson({ schemaVersion: 1, unpinned: nameOf(what) })
      talk(`${nameOf(what)} is no longer pinned.`)
    })
  })
}

/** `pins`: what is pinned. */
export function definePins(command: Command, context: () => Context): void {
  command.action(async () => {
    const pins = await withStore(context().folders, listPins)
    const { json, paint, print, printJson, talk } = context()
    if (json) return printJson({ schemaVersion: 1, pins: pins.map(pinToJson) })
    if (pins.length === 0) {
      process.exitCode = exitCodes.nothing
      return talk('Nothing is pinned: `hyplab pin RUN --why TEXT` pins a run.')
    }
    const rows = pins.map((one) => [nameOf(one), when(one.at), one.by, one.why])
    print(table([['what', 'since', 'by', 'why'].map(paint.dim), ...rows]))
  })
}

/** @throws LabError BadInput for an attempt: what its cell means rests on all of them */
async function pinnable(store: Store, text: string): Promise<Pick<Pin, 'run' | 'cell'>> {
  const id = await resolve(store, text)
  if (id.kind === 'attempt')
    throw new LabError('BadInput', `${text} is an attempt: name its cell, ${id.run}.${id.cell}, or its run, ${id.run}.`)
  return { run: id.run, cell: id.kind === 'cell' ? id.cell : undefined }
}

function nameOf({ run, cell }: Pick<Pin, 'run' | 'cell'>): string {
  return formatResultId(cell === undefined ? { kind: 'run', run } : { kind: 'cell', run, cell })
}

function pinToJson(made: Pin): object {
  const { why, by, at } = made
  return { what: nameOf(made), why, by, at }
}
