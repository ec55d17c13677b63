import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { LabPlace, Loader, PlaceClass } from '../../domain/lab/inventory.ts'
import { openConsole } from '../board/console/open-console.ts'
import type { ConsoleLine } from '../board/console/console-source.ts'
import { LoaderDialogue } from '../board/loader/dialogue.ts'
import { startByUBoot } from '../board/loader/start-u-boot.ts'
import { openFlash } from '../board/flash/open-flash.ts'
import type { Flash, Flashed } from '../board/flash/flash.ts'
import { openOutlet } from '../board/power/open-outlet.ts'
import { createPowerSwitch, type PowerSwitch } from '../board/power/power-switch.ts'
import { PoweredBoard, type Attached, type BoardPower } from '../board/powered-board.ts'
import { linkHosts } from '../hosts/host-links.ts'
import type { PowerUp } from '../powered.ts'
import type { OpenPlace, PlaceOrder } from './open-place.ts'
import { silenceOf } from './silence.ts'

/** Opens a board of a lab. */
export function openBoard({ inventory, place, folder, attempt, mayCommand }: PlaceOrder): OpenPlace {
  const links = linkHosts(inventory.hosts)
  const link = (host: string) => links.link(host)
  const kind = inventory.classes[place.class]!
  const power = fenced(switchOf(), mayCommand)
  let made: Flash | undefined
  const flash = (): Flash => (made ??= openFlash(flashSpec(place), link, attempt))
  const sources = () =>
    Object.values(place.consoles).map((console) => ({ console, source: openConsole(console, link) }))

  function switchOf(): PowerSwitch {
    const { pdu: name, outlet } = place.power ?? missing(place, 'power')
    const pdu = inventory.pdus[name]!
    const { shortestOff } = place.limits
    const driver = openOutlet(pdu, outlet, link)
    return createPowerSwitch({ pdu, outlet, driver, shortestOff, folder: join(folder, inventory.name) })
  }

  return {
    async off(signal) {
      const { read } = await power.off(signal)
      if (read === 'unread') await silenceOf(sources(), place.limits.offSilence, signal)
    },
    async flash({ image, initrd, firmware }, cmdline, signal) {
      await mayCommand()
      const image64 = firmware['firmware']
      const files = { image, initrd, cmdline: wholeCmdline(kind, cmdline), ...(image64 && { firmware: image64 }) }
      return await flash().flash(files, signal)
    },
    powerUp: (order, flashed) => powerBoard(order.cmdline, flashed),
    async clear() {
      await mayCommand()
      await flash().clear()
    },
    close: () => links.close(),
  }

  function powerBoard(cmdline: string, flashed: Flashed): PowerUp {
    return async (_claim, signal) => {
      const consoles = await attachAll(sources(), signal)
      const start = starter(kind.loader, wholeCmdline(kind, cmdline), flashed)
      const board: BoardPower = {
        on: async () => void (await power.on(signal)),
        // Off is wanted however the attempt ends, so also when it was cancelled.
        off: async () => (await power.off(AbortSignal.timeout(offPatienceMs))).read === 'off',
        ...(start && { start }),
      }
      return new PoweredBoard(place, consoles, board)
    }
  }
}

/** How long a PDU may take for an off in a tear-down, milliseconds: it may have to wait for a command in flight, or be asked again. */
const offPatienceMs = 60_000

/** Every console, or none. */
async function attachAll(sources: ReturnType<typeof sourcesOf>, signal: AbortSignal): Promise<Attached[]> {
  const opening = sources.map(async ({ console: { name, worlds }, source }) => ({
    name,
    worlds,
    line: await source.open(signal),
  }))
  const opened = await Promise.allSettled(opening)
  const failed = opened.find((one) => one.status === 'rejected')
  const attached = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (!failed) return attached
  await Promise.all(attached.map(({ line }) => line.close()))
  throw failed.reason
}
type Sources = { console: LabPlace['consoles'][string]; source: ReturnType<typeof openConsole> }[]
declare function sourcesOf(): Sources

/** The dialogue with the boot loader, where the class has one that must be told what to start. */
function starter(loader: Loader | undefined, cmdline: string, { offer }: Flashed): BoardPower['start'] {
  if (loader?.kind !== 'u-boot' || offer === undefined) return undefined
  return async ({ stream }: ConsoleLine, signal) => {
    const { prompt, autoboot } = loader
    const limits = { silence: loaderSilence, echo: echoSilence }
    const dialogue = new LoaderDialogue((text) => void stream.write(text), { prompt, autoboot, limits }, signal)
    stream.on('data', (chunk: Buffer) => dialogue.feed(chunk))
    const end = await startByUBoot(dialogue, { loader, offer, cmdline })
    return end.started ? undefined : end.fault
  }
}

/** Seconds without a byte: a DHCP server that does not answer is retried by U-Boot for longer, but not in silence. */
const loaderSilence = 30
const echoSilence = 3

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

function flashSpec(place: LabPlace): NonNullable<LabPlace['flash']> {
  return place.flash ?? missing(place, 'flash')
}

function missing(place: LabPlace, key: string): never {
  throw new LabError('BadInput', `${place.at}: the place ${place.name} has no ${key}: add it to the lab's file.`)
}
