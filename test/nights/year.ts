import type { Finding } from '../../domain/finding.ts'
import type { AttemptEnd, AttemptStart } from '../../store/attempt.ts'
import { seededRandom } from '../seeded-random.ts'

/** A year that is played: which night what goes wrong, counted from 0. */
export const year = {
  /** Kernels: the one of these nights has a regression. */
  regression: { from: 120, to: 200 },
  firmwareChanges: 250,
  /** From then on one of two boards fails more often than not. */
  boardRots: 280,
  /** Nights for which nothing ran. */
  outages: [40, 41, 42, 150, 151, 310],
  flakeRate: 0.03,
  rottenRate: 0.6,
}

/** The cells of the plan, by the name of their mode. */
export const modes = ['steady', 'regresses', 'flaky', 'board', 'firmware'] as const
export type Mode = (typeof modes)[number]

/** The plan, as a user would write it. */
export function planText(stack: string): string {
  const kernel = '{ source: [{ debian: linux, version: 6.18.5-1~bpo13+1 }], base: allnoconfig }'
  return [
    'name: year',
    `kernels: { linux: ${kernel} }`,
    `stacks: { optee: ${stack} }`,
    `modes: { ${modes.map((mode) => `${mode}: ''`).join(', ')} }`,
    'expect: [{ findings: { ffa.usable: pass } }]',
    '',
  ].join('\n')
}

/** The builds of a night, as ids. */
export function buildsOf(night: number): { kernel: string; firmware: string } {
  const { regression, firmwareChanges } = year
  const kernel = night < regression.from ? 'kernel-1' : night < regression.to ? 'kernel-2' : 'kernel-3'
  return { kernel, firmware: night < firmwareChanges ? 'firmware-1' : 'firmware-2' }
}

/** What the targets of the year do, each attempt drawn from a seed. */
export class Targets {
  readonly #random: () => number
  /** How often each cell failed that fails now and then. */
  readonly failures: Partial<Record<Mode, number>> = {}

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** Attempts go to the two boards by turns. */
  place(mode: Mode, night: number, attempt: number): string {
    return mode === 'board' ? `lab/rock-${((night + attempt) % 2) + 1}` : 'qemu'
  }

  boot(mode: Mode, night: number, { place }: Pick<AttemptStart, 'place'>): AttemptEnd {
    const works = this.#works(mode, night, place)
    if (!works) this.failures[mode] = (this.failures[mode] ?? 0) + 1
    const finding: Finding = {
      id: 'ffa.usable',
      outcome: works ? 'pass' : 'fail',
      sentence: works ? 'FF-A works.' : 'FF-A calls are refused.',
      evidence: [{ kind: 'record', sequence: 1, text: 'FFA_ID_GET' }],
      facts: works ? {} : { errno: mode === 'firmware' ? -95 : -22 },
    }
    return {
      ended: Date.now(),
      stage: 'off',
      ending: 'finished',
      sentence: 'The boot came to its end and said so.',
      host: { stop: 'power-off', reason: '', stage: 'off' },
      pace: { silences: {}, stages: {} },
      artifacts: [],
      findings: [finding],
      judged: { at: Date.now(), probes: '1' },
    }
  }

  #works(mode: Mode, night: number, place: string): boolean {
    switch (mode) {
      case 'steady':
        return true
      case 'regresses':
        return night < year.regression.from || night >= year.regression.to
      case 'flaky':
        return this.#random() >= year.flakeRate
      case 'board':
        return night < year.boardRots || place !== 'lab/rock-2' || this.#random() >= year.rottenRate
      case 'firmware':
        return night < year.firmwareChanges
    }
  }
}
