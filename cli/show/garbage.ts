import type { Garbage } from '../../activities/keeping/collect-garbage.ts'
import type { Removal } from '../../activities/keeping/plan-removal.ts'
import { counted } from '../../domain/counted.ts'
import { roomInWords } from '../../domain/keep/quantities.ts'
import type { Room } from '../../domain/keep/room.ts'
import { table } from './table.ts'

/** Runs and builds that are named of those that a rule gives up. */
const namedAtMost = 6

/** What a collection came to, as text: what goes by which rule, what stays all the same, how much room there is. */
export function garbageLines(garbage: Garbage, room: Room): string[] {
  const { dryRun, removals, spared, artifacts, leftovers, cache, usage } = garbage
  const lines: string[] = []
  for (const [rule, some] of Map.groupBy(removals, (removal) => removal.rule)) lines.push(ruleLine(rule, some))
  for (const { why, attempts } of spared) lines.push(`${counted(attempts, 'attempt')} stay although old: ${why}`)
  if (lines.length > 0) lines.push('')
  const go = dryRun ? 'would go' : 'went'
  lines.push(
    `${counted(artifacts.files, 'artifact')}, ${roomInWords(artifacts.bytes)}, ${go}: no kept result points to them`,
  )
  if (leftovers > 0) lines.push(`${counted(leftovers, 'leftover')} of what was cut off ${go}`)
  for (const [kind, trees] of Map.groupBy(cache.trees, (tree) => tree.kind))
    lines.push(`${counted(trees.length, kind)} of the cache ${go}, ${roomInWords(sum(trees))}: those used longest ago`)
  if (cache.busy) lines.push('the cache stays as it is, for a build goes on')
  const rows = usage.map(({ folder, used, free }) => [folder, roomInWords(used), `${roomInWords(free)} free`])
  lines.push('', table(rows))
  if (room.level !== 'ok')
    lines.push(`${room.level === 'none' ? 'No work begins' : 'Soon no work begins'}: ${room.sentence}.`)
  return lines
}

/** `logs of passed attempts: 30 days   12 attempts, 340 MB: 3.1.1, 3.2.1, ...` */
function ruleLine(rule: string, removals: Removal[]): string {
  const kind = removals[0]!.kind
  const names = removals.map(({ of, what }) => (kind === 'build' ? what : of))
  const named = names.slice(0, namedAtMost).join(', ')
  const more = names.length > namedAtMost ? ', ...' : ''
  return `${rule}: ${counted(removals.length, kind)}, ${roomInWords(sum(removals))}: ${named}${more}`
}

function sum(things: readonly { bytes: number }[]): number {
  return things.reduce((total, { bytes }) => total + bytes, 0)
}
