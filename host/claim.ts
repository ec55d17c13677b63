import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../domain/errors.ts'
import {
  compareClaims,
  createClaim,
  listClaims,
  readClaim,
  removeClaim,
  removeDeadDrafts,
  replaceClaim,
  type ClaimName,
  type ClaimState,
} from './claim-file.ts'
import { findProcesses, isRunning, ownIdentity, seeProcess, type ProcessSeen } from './process-identity.ts'

/** The right of one attempt to use a place on this host. */
export interface PlaceClaim {
  fence: number
  /** Must stand on the command line of everything that is started for the claim: by it leftovers are known. */
  token: string
  /**
   * Records the process group that uses the place. To be called before the target is powered on.
   * @throws LabError StaleFence when a newer claim was made meanwhile: then the group must be killed by its owner.
   */
  hold(pgid: number): void
  /** Ends the claim; its fence stays on record, so that an older one is refused for ever. Can be called twice. */
  release(): void
}

/** What was found and killed of a claim whose owner had gone. */
export interface Reaped {
  place: string
  fence: number
  owner: string
  pids: number[]
}

/**
 * Claims a place for one attempt. What an older claim left running is killed first, and only if its start time or the
 * claim's own token show that it is not a stranger's process.
 * There is no lock: a claim is a file that is created exclusively, and whoever finds a newer one steps back. A claim
 * made while this one is in use sees the group in its file, or `hold` sees the newer claim: never neither.
 * @param folder the place's own folder, made when missing
 * @param fence a whole number that only grows; the same one again is granted only when its first owner has ended
 * @param owner whom to name to people, e.g. the attempt
 * @throws LabError StaleFence when the place was claimed with a newer fence, or with this one by a live owner;
 *   TargetBroken when leftovers do not die within 10 s
 */
export async function claimPlace(folder: string, fence: number, owner: string): Promise<PlaceClaim> {
  if (!Number.isSafeInteger(fence) || fence < 0) {
    throw new LabError('BadInput', `The fence of a claim on ${folder} must be a whole number from 0; it is ${fence}.`)
  }
  mkdirSync(folder, { recursive: true })
  const name = nextName(folder, fence)
  const token = `hyplab-${randomUUID()}`
  let state: ClaimState = { owner, by: ownIdentity(), token, released: false }
  if (!createClaim(folder, name, state)) throw staleFence(folder, name)
  const requireNewest = (): void => {
    const newest = listClaims(folder).at(-1)
    if (newest && compareClaims(newest, name) === 0) return
    removeClaim(folder, name)
    throw staleFence(folder, name, newest)
  }
  requireNewest()
  for (const older of listClaims(folder).filter((other) => compareClaims(other, name) < 0)) {
    await killLeftovers(readClaim(folder, older))
    removeClaim(folder, older)
  }
  requireNewest()
  return {
    fence,
    token,
    hold(pgid) {
      const leader = seeProcess(pgid)
      if (leader) state = { ...state, holds: { pid: leader.pid, start: leader.start } }
      replaceClaim(folder, name, state)
      requireNewest()
    },
    release() {
      if (state.released) return
      state = { owner: state.owner, by: state.by, token: state.token, released: true }
      const newest = listClaims(folder).at(-1)
      if (newest && compareClaims(newest, name) === 0) replaceClaim(folder, name, state)
    },
  }
}

/**
 * Kills what claims of dead owners left on this host and ends those claims. For a worker's start.
 * @param folder the folder that holds the places' folders; nothing happens when there is none
 * @throws LabError TargetBroken when leftovers do not die within 10 s
 */
export async function reapClaims(folder: string): Promise<Reaped[]> {
  const reaped: Reaped[] = []
  for (const place of foldersIn(folder)) {
    const at = join(folder, place)
    removeDeadDrafts(at)
    for (const name of listClaims(at)) {
      const state = readClaim(at, name)
      if (!state || state.released || isRunning(state.by)) continue
      const pids = await killLeftovers(state)
      replaceClaim(at, name, { ...state, released: true })
      reaped.push({ place, fence: name.fence, owner: state.owner, pids })
    }
  }
  return reaped
}

function nextName(folder: string, fence: number): ClaimName {
  const newest = listClaims(folder).at(-1)
  if (!newest || newest.fence < fence) return { fence, turn: 0 }
  const name = { fence, turn: newest.turn + 1 }
  const state = readClaim(folder, newest)
  const inUse = state !== undefined && !state.released && isRunning(state.by)
  if (newest.fence > fence || inUse) throw staleFence(folder, name, newest)
  return name
}

async function killLeftovers(state: ClaimState | undefined): Promise<number[]> {
  if (!state?.holds) return []
  const group = state.holds.pid
  const members = membersOf(group)
  if (!members.some((seen) => isOurs(seen, state))) return []
  killGroup(group)
  for (const deadline = performance.now() + 10_000; membersOf(group).length > 0;) {
    if (performance.now() > deadline) {
      throw new LabError('TargetBroken', `What ${state.owner} left does not die; look at it with: ps -g ${group}`)
    }
    // Node has no pidfd: the end of a process that is not our child can only be asked for.
    await delay(10)
  }
  return members.map(({ pid }) => pid)
}

function membersOf(group: number): ProcessSeen[] {
  return findProcesses((seen) => seen.pgid === group)
}

/**
 * Whether a member shows that a group is the claim's own: its leader, or, once the leader has gone and its number may be a
 * stranger's, the token. While one member lives no other group can get its number. What was started but never recorded
 * is killed by its guard.
 */
function isOurs(seen: ProcessSeen, { holds, token }: ClaimState): boolean {
  return (seen.pid === holds?.pid && seen.start === holds.start) || seen.commandLine.includes(token)
}

/** All at once: one by one, a member could fork between the look and the signal. */
function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function staleFence(folder: string, name: ClaimName, newest?: ClaimName): LabError {
  const other = newest ? readClaim(folder, newest) : undefined
  const by = newest ? `fence ${newest.fence}${other ? ` of ${other.owner}` : ''}` : 'another claim with the same fence'
  return new LabError('StaleFence', `The place ${folder} is not free for fence ${name.fence}: ${by} has it.`)
}
