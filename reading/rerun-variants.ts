import { isDeepEqual } from '../domain/deep-equal.ts'
import { LabError } from '../domain/errors.ts'
import { inputs, movedGroups, withInputs, type Input, type Made } from '../domain/search/moved-groups.ts'
import type { Variant } from '../domain/search/search.ts'
import { isLeased } from '../domain/target.ts'
import { nearest } from '../domain/yaml/did-you-mean.ts'
import { cellDetail, type CellContext } from '../store/details.ts'
import { cellNamed } from '../store/earlier-cells.ts'
import { parseResultId } from '../store/result-id.ts'
import type { Store } from '../store/store.ts'
import { requireSamePatches } from './same-patches.ts'
import { lastOtherwise, type Subject } from './search-subject.ts'

/** What stands for the newest earlier result that came out otherwise. */
const lastGood = 'LAST_GOOD'

/**
 * What a rerun tries beside the cell as it is: what `--with` names, or else each input alone that moved since the newest
 * earlier result that came out otherwise, and all of them together.
 * @param wanted of `INPUT=LAST_GOOD`, `INPUT=RUN.CELL`, `INPUT=RUN` or `place=NAME` each
 * @throws LabError BadInput, NotFound for what cannot be tried
 */
export async function variantsOf(store: Store, subject: Subject, wanted: readonly string[]): Promise<Variant[]> {
  const now = madeOf(subject.context)
  const asItIs = await variantOf(now, 'as it is', {})
  if (wanted.length > 0) {
    const taken = await Promise.all(wanted.map((text) => takenFrom(store, subject, text)))
    const name = taken.map((each) => each.name).join(', ')
    const byInput = Object.fromEntries(taken.map((each) => [each.input, each]))
    const variant = await variantOf(now, name, byInput)
    if (isSame(variant, asItIs))
      throw new LabError('BadInput', `${subject.of} has the ${name} already: there is nothing to try by turns.`)
    return [asItIs, variant]
  }
  const other = await lastOf(store, subject)
  const before = madeOf(other)
  const of = `${other.run.id}.${other.cell.number}`
  const moved = movedGroups(before, now)
  if (moved.length === 0)
    throw new LabError(
      'NotFound',
      `Nothing that a rerun can take from ${of} has moved since: the same was booted, on the same place.`,
    )
  const each = moved.map((input): Taken => ({ input, from: before, of, name: `${input} of ${of}` }))
  const alone = await Promise.all(each.map((one) => variantOf(now, one.name, { [one.input]: one })))
  if (moved.length < 2) return [asItIs, ...alone]
  const all = Object.fromEntries(each.map((one) => [one.input, one]))
  return [asItIs, ...alone, await variantOf(now, `${listed(moved)} of ${of}`, all)]
}

/** What a cell was made of and ran on. */
export function madeOf({ cell, kernel }: CellContext): Made {
  const { target } = cell.cell
  const place = isLeased(target)
    ? cell.attempts
        .findLast(({ end }) => end !== null)
        ?.place.split('/')
        .at(-1)
    : undefined
  return {
    cell: cell.cell,
    kernel: kernel && 'symbols' in kernel.inputs ? kernel.inputs : null,
    kernelBuild: cell.kernelBuild,
    firmwareBuild: cell.firmwareBuild,
    ...(place !== undefined && { place }),
  }
}

interface Taken {
  input: Input
  from: Made
  /** The result that it is taken from, e.g. `11.3`. */
  of: string
  name: string
}

async function takenFrom(store: Store, subject: Subject, text: string): Promise<Taken> {
  const [word, ...rest] = text.split('=')
  const what = rest.join('=')
  const input = inputOf(word!, text)
  const now = madeOf(subject.context)
  if (input === 'place' && what !== lastGood && parseResultId(what) === undefined) {
    if (!isLeased(now.cell.target))
      throw new LabError(
        'BadInput',
        `--with ${text}: ${subject.of} boots on a machine of this host, and not on a place of a lab.`,
      )
    return { input, from: { ...now, place: what }, of: subject.of, name: `place ${what}` }
  }
  const other = what === lastGood ? await lastOf(store, subject) : await resultOf(store, subject, what, text)
  const of = `${other.run.id}.${other.cell.number}`
  return { input, from: madeOf(other), of, name: `${input} of ${of}` }
}

function inputOf(word: string, text: string): Input {
  const input = inputs.find((each) => each === (word === 'stack' ? 'firmware' : word))
  if (input !== undefined) return input
  const near = nearest(word, inputs)
  const meant = near === undefined ? '' : ` (did you mean "${near}"?)`
  throw new LabError('BadInput', `--with ${text}: there is no input "${word}"${meant}; inputs are ${listed(inputs)}.`)
}

async function lastOf(store: Store, subject: Subject): Promise<CellContext> {
  const other = await lastOtherwise(store, subject)
  if (other) return other
  const { finding, fails, of } = subject
  throw new LabError(
    'NotFound',
    `No earlier result of the cell of ${of} is known in which ${finding} ${fails ? 'passed' : 'failed'} each time: name one, e.g. --with kernel=11.3.`,
  )
}

async function resultOf(store: Store, { context }: Subject, what: string, text: string): Promise<CellContext> {
  const id = parseResultId(what)
  if (id === undefined || id.kind === 'attempt')
    throw new LabError(
      'BadInput',
      `--with ${text}: "${what}" is no result to take it from; ${lastGood}, a run (11) or a cell (11.3).`,
    )
  const number = id.kind === 'cell' ? id.cell : await cellNamed(store, id.run, context.cell.cell.id)
  if (number === undefined)
    throw new LabError(
      'NotFound',
      `--with ${text}: run ${id.run} has no cell ${context.cell.cell.id}: name a cell of it.`,
    )
  return await cellDetail(store, id.run, number)
}

/** A cell with all that is taken: its patches are to be those that were built, for files may be edited. */
async function variantOf(now: Made, name: string, taken: Partial<Record<Input, Taken>>): Promise<Variant> {
  const made = Object.fromEntries(Object.entries(taken).map(([input, { from }]) => [input, from]))
  const mixed = withInputs(now, made)
  if (mixed.kernelBuild === undefined)
    await requireSamePatches(taken.kernel?.from ?? now, taken.kernel?.of ?? 'the cell')
  return { name, ...mixed }
}

/** Whether two variants boot the very same thing on the same place. */
function isSame(one: Variant, other: Variant): boolean {
  const part = ({ kernelBuild, firmwareBuild, cell: { cmdline, modules, target } }: Variant) => {
    return { kernelBuild, firmwareBuild, cmdline, modules, target }
  }
  return one.kernelBuild !== undefined && isDeepEqual(part(one), part(other))
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
