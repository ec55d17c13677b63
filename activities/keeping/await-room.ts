import { setTimeout as delay } from 'node:timers/promises'
import { roomInWords } from '../../domain/keep/quantities.ts'
import { isWaitingForRoom } from '../../store/room-waits.ts'
import type { RoomTask } from '../../workflows/contracts.ts'
import { whileBeating } from '../beat.ts'
import { cancelWasAsked } from '../cancel.ts'
import type { Deps } from '../deps.ts'
import { Reporter } from '../reporter.ts'
import { collectGarbage, isOfRules } from './collect-garbage.ts'
import { lookAtRoom } from './look-at-room.ts'

/** No file system tells when it has room again: it is asked this often, milliseconds. */
const lookMs = 1_000
/** And this often what the rules give up is removed; a minute later they may give up more. */
const collectMs = 60_000

/**
 * Waits until there is room for an attempt or a build, after an attempt to make some, and says that it waits and why. Nothing
 * is judged by it: what waits has not begun.
 */
export async function awaitRoom(deps: Deps, { need = 0, ...of }: RoomTask): Promise<void> {
  const reporter = new Reporter(deps.store, of)
  const say: Say = (text, room) => reporter.tell('say', { text, ...(room && { room }) })
  // A worker that died may have told it.
  const told = await isWaitingForRoom(deps.store, of)
  try {
    await whileBeating(1_000, { waitingFor: 'room' }, (_report, signal) => waitForRoom(deps, need, told, say, signal))
  } catch (error) {
    if (cancelWasAsked()) say('It is wanted no longer, and waits for no room.', 'over')
    throw error
  } finally {
    await reporter.flush()
  }
}

type Say = (text: string, room?: 'awaited' | 'over') => void

async function waitForRoom(
  deps: Deps,
  need: number,
  toldBefore: boolean,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  let told = toldBefore
  for (let collected = -Infinity; ;) {
    const { level, sentence } = await lookAtRoom(deps, need)
    if (level !== 'none') {
      if (told) say('There is room again: it goes on.', 'over')
      return
    }
    // How much is free changes all the time; that it is too little is told once.
    if (!told) say(`Waiting for room: ${sentence}. \`hyplab gc\` says what is kept, and why.`, 'awaited')
    told = true
    if (performance.now() - collected < collectMs) {
      // An aborted delay says so in words of its own.
      await delay(lookMs, undefined, { signal }).catch(() => undefined)
      signal.throwIfAborted()
      continue
    }
    const freed = await makeRoom(deps, need, signal)
    collected = performance.now()
    if (freed > 0) say(`Made ${roomInWords(freed)} of room.`)
  }
}

/** @returns the bytes that went; 0 also when another collection is under way, or the rules cannot be read */
async function makeRoom(deps: Deps, need: number, signal: AbortSignal): Promise<number> {
  try {
    const garbage = await collectGarbage(deps, { now: Date.now(), signal, need })
    const trees = garbage?.cache.trees.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0
    return trees + (garbage?.artifacts.bytes ?? 0)
  } catch (error) {
    signal.throwIfAborted()
    // A disk that is full may refuse even to note what is given up; room made by hand lets it go on.
    if (isOfRules(error) || isOfDisk(error)) return 0
    throw error
  }
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'DiskFull' || error.code === 'ENOSPC')
}
