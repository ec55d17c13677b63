import { placeClass } from '../file/schema-places.ts'
import type { LabgridPart } from './read-labgrid.ts'

/** A class as a lab's file has it, and what of it must be looked at. */
export interface ImportedClass {
  placeClass: Record<string, unknown>
  toDo: string[]
}

/**
 * @param drivers of a target; none for a group of an exporter
 * @param hasMux whether its files go onto a medium, which a board without U-Boot's driver starts by itself
 */
export function importClass(drivers: LabgridPart[], hasMux: boolean): ImportedClass {
  const toDo: string[] = []
  const of = (...classes: string[]) => drivers.find(({ cls }) => classes.includes(cls))
  const uBoot = of('UBootDriver')
  const barebox = of('BareboxDriver')
  if (barebox !== undefined) toDo.push('its boot loader is barebox, and hyplab types at U-Boot only')
  const delay = of('NetworkPowerDriver', 'PDUDaemonDriver')?.params['delay']
  const limits =
    typeof delay === 'number' && delay > 0 && delay !== 2 ? { limits: { 'shortest-off': `${delay} s` } } : {}
  const loader =
    uBoot !== undefined ? uBootLoader(uBoot.params, toDo) : hasMux || barebox !== undefined ? 'self' : 'u-boot'
  const whole = { kind: 'board', ...limits, loader }
  return { placeClass: placeClass.safeParse(whole).success ? whole : { kind: 'board', loader: 'u-boot' }, toDo }
}

function uBootLoader({ prompt, autoboot, interrupt }: Record<string, unknown>, toDo: string[]): unknown {
  const literal = (what: string, pattern: unknown): string | undefined => {
    if (typeof pattern !== 'string' || pattern === '') return undefined
    const text = literalOf(pattern)
    if (text === undefined) toDo.push(`the ${what} of U-Boot is the pattern ${pattern} for labgrid: write it literally`)
    return text
  }
  const own = {
    prompt: literal('prompt', prompt),
    says: literal('autoboot line', autoboot),
    key: keyOf(interrupt, toDo),
  }
  const { says, key } = own
  const stop = { ...(says !== undefined && { says }), ...(key !== undefined && { key }) }
  if (own.prompt === undefined && Object.keys(stop).length === 0) return 'u-boot'
  return {
    'u-boot': {
      ...(own.prompt !== undefined && { prompt: own.prompt }),
      ...(Object.keys(stop).length > 0 && { autoboot: stop }),
    },
  }
}

/** @returns the one text that a pattern fits; undefined where it may fit several */
function literalOf(pattern: string): string | undefined {
  const bare = pattern.replaceAll(/\\[^A-Za-z0-9]/g, '')
  return /[\\^$.|?*+()[\]{}]/.test(bare) ? undefined : pattern.replaceAll(/\\(.)/gs, '$1')
}

/** At U-Boot's prompt Enter is a carriage return. */
function keyOf(interrupt: unknown, toDo: string[]): string | undefined {
  if (typeof interrupt !== 'string' || interrupt === '') return undefined
  if (interrupt === '\n') return '\r'
  if (interrupt.length === 1) return interrupt
  toDo.push('labgrid stops its autoboot by several keys: give the one that does')
  return undefined
}
