import { createInterface } from 'node:readline/promises'
import { LabError } from '../../domain/errors.ts'
import type { Inventory, LabPlace } from '../../domain/lab/inventory.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { placeStates, setSuspect } from '../../store/leases.ts'
import type { Store } from '../../store/store.ts'
import { checkLab, type LabCheck } from '../../targets/place/check-lab.ts'
import type { Checked } from '../../targets/place/check-line.ts'
import type { OpenPlace } from '../../targets/place/place.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { onInterrupt } from '../interrupt.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { checkedLine, inFileOrder, labCheckReport } from '../show/lab-check.ts'
import { withStore } from '../with-store.ts'
import { placeNamed, takePlace, type TakenPlace } from './hold-place.ts'

/** What `lab check` is told on its command line. */
export interface CheckOptions {
  dryRun?: boolean
  place?: string[]
  power?: boolean
  yes?: boolean
}

/** Tries every line of a lab's file, tells each as it is known, and in the end what is broken. */
export async function checkOnTheRealThing(context: Context, path: string, options: CheckOptions): Promise<void> {
  const lab = readLabFile(path)
  const places = options.place?.map((name) => placeNamed(lab, name)) ?? Object.values(lab.places)
  const cut = new AbortController()
  const release = onInterrupt(() => cut.abort(new LabError('PlaceBroken', 'Interrupted.')))
  const lines: Checked[] = []
  const asJson = (): void => {
    if (context.json) context.printJson({ schemaVersion: 1, lab: lab.name, file: lab.file, lines: inFileOrder(lines) })
  }
  try {
    if (options.power && !options.yes && !(await mayPower(places, cut.signal))) {
      asJson()
      return context.talk('Nothing was tried.')
    }
    await withStore(context.folders, async (store) => {
      const told = (checked: Checked): void => {
        lines.push(checked)
        context.talk(checkedLine(checked, context.paintTalk))
      }
      const power = options.power === true
      await checkLab({ inventory: lab, places, power, told, ...holding(context, store, lab, power) }, cut.signal)
    })
  } catch (error) {
    if (!cut.signal.aborted) throw error
    process.exitCode = exitCodes.interrupted
    asJson()
    return context.talk('Interrupted.')
  } finally {
    release()
  }
  if (lines.some(({ outcome }) => outcome === 'broken')) process.exitCode = exitCodes.infra
  asJson()
  if (!context.json) context.print(labCheckReport(path, inFileOrder(lines), context.paint))
}

/** Whom the check asks for places: the leases that all others respect. */
function holding(context: Context, store: Store, lab: Inventory, power: boolean): Pick<LabCheck, 'hold' | 'healthy'> {
  const why = `hyplab lab check${power ? ' --power' : ''}`
  return {
    async hold(place: LabPlace, work: (open: OpenPlace) => Promise<void>): Promise<string | undefined> {
      let taken: TakenPlace
      try {
        taken = await takePlace(context, store, lab, place.name, { why, evenSuspect: true })
      } catch (error) {
        if (error instanceof LabError && error.code === 'PlaceBroken') return error.message
        throw error
      }
      try {
        await work(taken.open)
        return undefined
      } finally {
        await taken.giveBack()
      }
    },
    async healthy({ name }: LabPlace): Promise<void> {
      const key = placeKey(lab, name)
      const state = (await placeStates(store)).find(({ place }) => place === key)
      if ((state?.suspect ?? null) === null) return
      await setSuspect(store, key, null)
      context.talk(`${name} is no longer suspect.`)
    },
  }
}

/** Asks whoever sits at the terminal. @throws LabError BadInput when nobody does */
async function mayPower(places: readonly LabPlace[], signal: AbortSignal): Promise<boolean> {
  const { stdin: input, stderr: output } = process
  if (!input.isTTY)
    throw new LabError('BadInput', '--power switches boards, and there is no terminal to ask at: add --yes.')
  const names = places.map(({ name }) => name).join(', ')
  // `terminal: false`: Ctrl-C stays a signal.
  const lines = createInterface({ input, output, terminal: false })
  try {
    return /^y(es)?$/i.test((await lines.question(`Switch ${names} on and off? [y/N] `, { signal })).trim())
  } finally {
    lines.close()
  }
}
