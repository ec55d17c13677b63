import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { LabPlace } from '../../domain/lab/inventory.ts'
import { createFile } from '../../host/whole-file.ts'
import type { ConsoleLine } from '../../targets/board/console/console-source.ts'
import type { Flashed } from '../../targets/board/flash/flash.ts'
import type { OpenPlace } from '../../targets/place/place.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { withStore } from '../with-store.ts'
import { consoleSession } from './console-session.ts'
import { placeNamed, takePlace, type TakenPlace } from './hold-place.ts'
import { labFileOf } from './lab-file.ts'
import { firstOfNormalWorld, rawFileOf } from './open-console.ts'

/** What `flash` is told on its command line. */
export interface FlashOptions {
  initrd?: string
  /** What the kernel is told beside what its class says. */
  cmdline: string
  boot?: boolean
  lab?: string
}

/** How long a place may take to be put away, milliseconds; it is put away after an interrupt, too. */
const awayMs = 60_000

/** Flashes a place by hand, as its only holder; with `boot` it also starts the kernel and joins the terminal with its console. */
export async function flashByHand(context: Context, name: string, image: string, options: FlashOptions): Promise<void> {
  const lab = readLabFile(labFileOf(options.lab, 'a place belongs to a lab'))
  const place = placeNamed(lab, name)
  for (const file of [image, ...(options.initrd === undefined ? [] : [options.initrd])])
    if (!existsSync(file)) throw new LabError('BadInput', `${file} cannot be flashed: there is no such file.`)
  const cut = new AbortController()
  const release = onInterrupt(() => cut.abort(new LabError('PlaceBroken', 'Interrupted.')))
  try {
    await withStore(context.folders, async (store) => {
      const initrd = options.initrd ?? (await emptyInitrd(store.folder))
      const files = { image: resolve(image), initrd: resolve(initrd), firmware: {} }
      const taken = await takePlace(context, store, lab, name, { why: `hyplab flash ${name}` })
      try {
        await taken.open.off(cut.signal)
        const flashed = await taken.open.flash(files, options.cmdline, cut.signal)
        tellFlashed(context, name, flashed)
        if (options.boot) await boot(context, lab.name, place, taken, flashed, options.cmdline, cut.signal)
      } finally {
        await taken.giveBack()
      }
    })
  } finally {
    release()
  }
}

/** Powers it on, starts the kernel and stays at its console until one leaves; it stays on where its user has reserved it. */
async function boot(
  context: Context,
  lab: string,
  place: LabPlace,
  { open, reserved }: TakenPlace,
  flashed: Flashed,
  cmdline: string,
  signal: AbortSignal,
): Promise<void> {
  const { name } = place
  if (!open.power) throw new LabError('BadInput', `${name} has no power to switch: it is a program.`)
  const console = firstOfNormalWorld(place)
  const lines = await attach(open, place, signal)
  try {
    const line = lines.get(console)!
    const left = new AbortController()
    const either = AbortSignal.any([signal, left.signal])
    const busy = start(context, open, line, flashed, cmdline, either)
    const rawFile = rawFileOf(context, lab, name, console)
    context.talk(`${console} of ${name}; Ctrl-] q leaves it. Its bytes are kept in ${rawFile}.`)
    const { stdin: input, stdout: output } = process
    const session = consoleSession({ line, rawFile, input, output, talk: context.talk, signal: either, busy })
    try {
      await open.power.on(signal)
      context.talk(`\n${await session}`)
    } finally {
      left.abort()
      await Promise.all([session, busy])
    }
  } finally {
    await Promise.all([...lines.values()].map((line) => line.close()))
    if (!reserved) await putAway(open)
  }
  if (reserved) context.talk(`${name} stays on, for it is reserved by you; \`hyplab place ${name} off\` ends it.`)
}

/** Has the boot loader start the kernel, and says what came of it if that is not the kernel. */
async function start(
  { talk }: Context,
  open: OpenPlace,
  line: ConsoleLine,
  flashed: Flashed,
  cmdline: string,
  signal: AbortSignal,
): Promise<void> {
  const loader = open.startLoader?.(cmdline, flashed)
  const fault = await loader?.(line, signal).catch((error: Error) => (signal.aborted ? undefined : error.message))
  if (fault !== undefined) talk(`The kernel was not started: ${fault} The keys are yours.`)
}

/** All of its consoles: a board stands still at a UART that nobody reads. */
async function attach(open: OpenPlace, { consoles }: LabPlace, signal: AbortSignal): Promise<Map<string, ConsoleLine>> {
  const lines = new Map<string, ConsoleLine>()
  try {
    for (const name of Object.keys(consoles)) {
      const line = await open.console(name, signal)
      line.stream.resume()
      lines.set(name, line)
    }
    return lines
  } catch (error) {
    await Promise.all([...lines.values()].map((line) => line.close()))
    throw error
  }
}

async function putAway(open: OpenPlace): Promise<void> {
  await open.off(AbortSignal.timeout(awayMs))
  await open.clear(AbortSignal.timeout(awayMs))
}

function tellFlashed({ json, print, printJson, talk }: Context, place: string, flashed: Flashed): void {
  for (const text of flashed.remarks) talk(text)
  if (json) return printJson({ schemaVersion: 1, place, ...flashed })
  for (const { name, sha256, written } of flashed.files)
    print(`${place}: ${name} ${written ? 'written' : 'was there already'}, sha256 ${sha256}`)
}

/** An archive of nothing (cpio, newc): for a kernel that has its root somewhere else. It is always the same, and stays. */
async function emptyInitrd(state: string): Promise<string> {
  const file = join(state, 'labs', 'empty-initrd')
  const name = 'TRAILER!!!\0'
  const fields = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, name.length, 0]
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
  await mkdir(dirname(file), { recursive: true })
  await createFile(file, (header + name).padEnd(512, '\0'))
  return file
}
