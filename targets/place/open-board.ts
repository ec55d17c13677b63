import { hostname } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { LabPlace, PlaceClass } from '../../domain/lab/inventory.ts'
import { sha256 } from '../../host/sha256.ts'
import { consoleOf } from '../board/console/console-of.ts'
import { openFlash } from '../board/flash/open-flash.ts'
import type { Flash, Flashed } from '../board/flash/flash.ts'
import { startLoader } from '../board/loader/start-loader.ts'
import { powerOfPlace } from '../board/power/place-power.ts'
import type { PowerSwitch } from '../board/power/power.ts'
import { PoweredBoard, type Attached, type BoardPower } from '../board/powered-board.ts'
import { linkHosts } from '../hosts/host-links.ts'
import { unnoted } from '../lab-log.ts'
import type { PowerUp } from '../powered.ts'
import { attachAll } from './attach-all.ts'
import type { OpenPlace, PlaceOrder } from './place.ts'
import {
  nameOfOutlet,
  notedPower,
  noteBroken,
  noteFlashed,
  noteLoaded,
  noteMedium,
  noteSilence,
  wordsOf,
} from '../board/noted.ts'
import { awaitSilence } from './silence.ts'

/** How long a PDU may take for an off in a tear-down, milliseconds: it may have to wait for a command in flight, or be asked again. */
const offPatienceMs = 60_000

/** Opens a board of a lab. */
export function openBoard({ inventory, place, folder, attempt, mayCommand, note = unnoted }: PlaceOrder): OpenPlace {
  const links = linkHosts(inventory.hosts)
  const link = (host: string) => links.link(host)
  const kind = inventory.classes[place.class]!
  const outlet = nameOfOutlet(place)
  const own = powerOfPlace(inventory, place, links, join(folder, inventory.name))
  const power = fenced(notedPower(own, outlet, note), mayCommand)
  let made: Flash | undefined
  const consoles = Object.values(place.consoles)
  const off = async (signal: AbortSignal): Promise<void> => {
    const { read } = await power.off(signal)
    if (read === 'off') return
    const sources = consoles.map(({ source }) => consoleOf(source, link))
    await awaitSilence(sources, place.limits.offSilence, signal)
    noteSilence(note, place, true)
  }
  const jtagPower = { on: power.on, off: () => off(AbortSignal.timeout(offPatienceMs)) }
  const flashTools = {
    link,
    power: power.state,
    jtagPower,
    loader: kind.loader,
    attempt,
    // One host may serve labs of several machines and state folders.
    place: `${inventory.name}-${place.name}-${sha256(`${hostname()}:${folder}`).slice(0, 8)}`,
  }
  const flash = (): Flash => (made ??= openFlash(place.flash ?? missing(place, 'flash'), flashTools))
  const attach = async (signal: AbortSignal): Promise<Attached[]> =>
    await attachAll(
      place.name,
      consoles.map(async ({ name, worlds, source }) => ({
        name,
        worlds,
        line: await consoleOf(source, link)
          .open(signal)
          .catch((error: unknown) => {
            if (!signal.aborted) noteBroken(note, name, error)
            throw error
          }),
      })),
    )

  const loaderFor = (cmdline: string, flashed: Flashed) =>
    startLoader(kind.loader, wholeCmdline(kind, cmdline), flashed, flash(), {
      loaded: (loaded) => noteLoaded(note, loaded),
      medium: (file, words) => noteMedium(note, file, words),
    })

  function powerUp(cmdline: string, flashed: Flashed): PowerUp {
    return async (_claim, signal) => {
      const attached = await attach(signal)
      const start = loaderFor(cmdline, flashed)
      const board: BoardPower = {
        on: async () => void (await power.on(signal)),
        // Off is wanted however the attempt ends, so also when it was cancelled.
        off: async () => (await power.off(AbortSignal.timeout(offPatienceMs))).read === 'off',
        state: () => power.state(AbortSignal.timeout(offPatienceMs)),
        ...(start && { start }),
      }
      return new PoweredBoard(place, attached, board, note)
    }
  }

  return {
    power,
    async console(name, signal) {
      const console = consoles.find((one) => one.name === name)
      if (console) return await consoleOf(console.source, link).open(signal)
      const names = consoles.map((one) => one.name).join(', ')
      throw new LabError('NotFound', `The place ${place.name} has no console "${name}": it has ${names}.`)
    },
    off,
    async flash({ image, initrd, firmware: { firmware } }, cmdline, signal) {
      await mayCommand()
      const files = { image, initrd, cmdline: wholeCmdline(kind, cmdline), ...(firmware && { firmware }) }
      const way = flash()
      const by = `${place.flash!.kind} of ${place.flash!.host}`
      try {
        const flashed = await way.flash(files, signal)
        noteFlashed(note, by, way, flashed)
        return flashed
      } catch (error) {
        if (!signal.aborted) note({ about: 'flash', by, is: 'broken', words: wordsOf(error) })
        throw error
      }
    },
    startLoader: loaderFor,
    powerUp: (order, flashed) => powerUp(order.cmdline, flashed),
    async clear() {
      await mayCommand()
      await flash().clear()
    },
    close: () => links.close(),
  }
}

function wholeCmdline({ cmdline: own }: PlaceClass, cmdline: string): string {
  return [own, cmdline].filter((part) => part !== '').join(' ')
}

/** A switch that nobody commands who has lost the place. */
function fenced(power: PowerSwitch, mayCommand: () => Promise<void>): PowerSwitch {
  const first =
    <Result>(command: (signal: AbortSignal) => Promise<Result>) =>
    async (signal: AbortSignal): Promise<Result> => {
      await mayCommand()
      return await command(signal)
    }
  return { on: first(power.on), off: first(power.off), cycle: first(power.cycle), state: power.state }
}

function missing(place: LabPlace, key: string): never {
  throw new LabError('BadInput', `${place.at}: the place ${place.name} has no ${key}: add it to the lab's file.`)
}
