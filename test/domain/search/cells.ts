import type { Cell } from '../../../domain/cell.ts'
import type { Bisection, Rerun } from '../../../domain/search/search.ts'
import type { Tried } from '../../../domain/search/tried.ts'

/** A cell with patches of these names. */
export function cellWith(patches: string[] = []): Cell {
  return {
    id: 'linux/ffa=y/optee/protected/qemu',
    axes: { kernel: 'linux', config: 'ffa=y', stack: 'optee', mode: 'protected', target: 'qemu' },
    kernel: {
      name: 'linux',
      sources: [{ kind: 'tree', path: '/linux' }],
      patches: patches.map((name) => `/series/${name}`),
      base: 'allnoconfig',
      fragments: [],
      symbols: {},
    },
    stack: { name: 'optee', recipe: '/optee.yaml' },
    target: { kind: 'qemu', name: 'qemu', cpu: 'max', smp: 2, memory: 2048 },
    cmdline: '',
    modules: [],
    probes: ['ffa'],
    expectations: [],
    attempts: { count: 3, infra: 2 },
    limits: { silence: 60 },
  }
}

export function bisectionOver(patches: string[], over: Partial<Bisection> = {}): Bisection {
  const about = { kind: 'bisect' as const, of: '12.1', finding: 'ffa.usable', seeks: 'failure' as const }
  return {
    ...about,
    cell: cellWith(patches),
    versions: { of: 'patches', first: 0 },
    confidence: 0.97,
    atEnds: 3,
    atOnce: 1,
    ...over,
  }
}

export function rerunOf(...inputs: string[]): Rerun {
  const variants = ['as it is', ...inputs.map((input) => `${input} of 11.1`)].map((name) => ({
    name,
    cell: cellWith(),
  }))
  return { kind: 'rerun', of: '12.1', finding: 'ffa.usable', variants }
}

/** What was seen of a candidate, a letter an attempt: f failed, p passed, n said nothing, i broken by the lab. */
export function seenOf(candidate: number, attempts: string, over: Partial<Tried> = {}): Tried {
  const kinds = { f: { fails: true }, p: { fails: false }, n: {}, i: {} }
  return {
    candidate,
    attempts: attempts.split('').map((letter, index) => ({
      id: `14.${candidate + 1}.${index + 1}`,
      ending: letter === 'i' ? 'infra' : 'finished',
      sentence: letter === 'i' ? 'QEMU died.' : 'It ended.',
      ...kinds[letter as keyof typeof kinds],
    })),
    ...over,
  }
}
