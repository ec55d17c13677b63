import { randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seeProcess, type ProcessIdentity } from './process-identity.ts'

/** What one claim on a place says on disk. */
export interface ClaimState {
  /** Who claimed it, for people, e.g. the attempt. */
  owner: string
  /** The process that claimed it. */
  by: ProcessIdentity
  /** Stands on the command line of all that was started for the claim, and nowhere else. */
  token: string
  /** Leader of the process group that uses the place; absent before it was started. */
  holds?: ProcessIdentity
  released: boolean
}

/** A claim's name orders claims: the fence, and under one fence the turn (a later owner after the first one died). */
export interface ClaimName {
  fence: number
  turn: number
}

/** Positive when `a` is newer. */
export function compareClaims(a: ClaimName, b: ClaimName): number {
  return a.fence - b.fence || a.turn - b.turn
}

/** The names of all claims in a place's folder, oldest first. */
export function listClaims(folder: string): ClaimName[] {
  return readdirSync(folder)
    .map((name) => /^(\d+)\.(\d+)\.claim$/.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ fence: Number(match[1]), turn: Number(match[2]) }))
    .toSorted(compareClaims)
}

/**
 * Reads a claim.
 * @returns undefined when it has gone, or when a power cut left it empty: then nothing of its owner runs any more.
 */
export function readClaim(folder: string, name: ClaimName): ClaimState | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(folder, name), 'utf8')) as ClaimState
  } catch {
    return undefined
  }
}

/** Creates a claim, whole or not at all. @returns false when that very claim exists already. */
export function createClaim(folder: string, name: ClaimName, state: ClaimState): boolean {
  const draft = writeDraft(folder, state)
  try {
    linkSync(draft, pathOf(folder, name))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Replaces what a claim says, in one step. */
export function replaceClaim(folder: string, name: ClaimName, state: ClaimState): void {
  renameSync(writeDraft(folder, state), pathOf(folder, name))
}

export function removeClaim(folder: string, name: ClaimName): void {
  rmSync(pathOf(folder, name), { force: true })
}

/** Removes drafts whose writers died between writing and naming them. */
export function removeDeadDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const writer = /^draft\.(\d+)\./.exec(name)?.[1]
    if (writer !== undefined && !seeProcess(Number(writer))) rmSync(join(folder, name), { force: true })
  }
}

function writeDraft(folder: string, state: ClaimState): string {
  const draft = join(folder, `draft.${process.pid}.${randomUUID()}`)
  writeFileSync(draft, `${JSON.stringify(state)}\n`)
  return draft
}

function pathOf(folder: string, { fence, turn }: ClaimName): string {
  return join(folder, `${fence}.${turn}.claim`)
}
