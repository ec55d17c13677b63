import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { LabPlace } from '../../domain/lab/inventory.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { unfinishedAttempts } from '../../store/attempts.ts'
import type { Attempt } from '../../store/attempt.ts'
import { attemptDetail } from '../../store/details.ts'
import type { Store } from '../../store/store.ts'
import { writeLive } from '../commands/logs.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { withStore } from '../with-store.ts'
import { consoleSession } from './console-session.ts'
import { onPlace, placeNamed } from './hold-place.ts'
import { labFileOf } from './lab-file.ts'

/** Joins the terminal with a console of a place; read-only while an attempt has the place. */
export async function openConsole(
  context: Context,
  name: string,
  wanted: string | undefined,
  option: string | undefined,
): Promise<void> {
  const lab = readLabFile(labFileOf(option, 'a place belongs to a lab'))
  const place = placeNamed(lab, name)
  const console = wanted ?? firstOfNormalWorld(place)
  await withStore(context.folders, async (store) => {
    const attempt = await attemptOn(store, placeKey(lab, name))
    if (attempt) {
      context.talk(`Attempt ${attempt.id} has ${name}: you read along, and cannot type.`)
      await writeLive(store, attempt, { console, follow: true })
      return context.talk(`\nAttempt ${attempt.id} has ended.`)
    }
    const cut = new AbortController()
    const release = onInterrupt(() => cut.abort(new LabError('PlaceBroken', 'Interrupted.')))
    try {
      await onPlace(context, store, lab, name, `hyplab console ${name} ${console}`, async (open) => {
        const line = await open.console(console, cut.signal)
        const rawFile = rawFileOf(context, lab.name, name, console)
        context.talk(`${console} of ${name}; Ctrl-] q leaves it. Its bytes are kept in ${rawFile}.`)
        if ((await open.power?.state(cut.signal).catch(() => undefined)) === 'off')
          context.talk(
            `${name} is off: \`hyplab place ${name} on\` in another shell switches it on, as long as you have reserved it.`,
          )
        const { stdin: input, stdout: output } = process
        const { talk } = context
        const end = await consoleSession({
          line,
          rawFile,
          input,
          output,
          talk,
          signal: cut.signal,
          endsWithInput: true,
        })
        await line.close()
        context.talk(`\n${end}`)
      })
    } finally {
      release()
    }
  })
}

/** Where the bytes of a session at a console are kept. */
export function rawFileOf({ folders }: Pick<Context, 'folders'>, lab: string, place: string, console: string): string {
  const time = new Date().toISOString().replaceAll(':', '')
  return join(folders.state, 'labs', lab, 'consoles', `${place}.${console}.${time}.raw`)
}

/** The console at which a person looks for the kernel. @throws LabError BadInput when there is none */
export function firstOfNormalWorld({ name, consoles }: LabPlace): string {
  const found = Object.values(consoles).find(({ worlds }) => worlds.includes('NS'))
  if (found) return found.name
  throw new LabError('BadInput', `${name} has no console on which the normal world speaks: name one.`)
}

async function attemptOn(store: Store, key: string): Promise<Attempt | undefined> {
  const running = (await unfinishedAttempts(store)).find(({ place }) => place === key)
  return running && (await attemptDetail(store, running)).attempt
}
