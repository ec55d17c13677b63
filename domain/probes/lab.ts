import type { LabFact, LabShown, NotedAbout } from '../lab-log/lab-fact.ts'
import { consoleFinding } from './lab/console.ts'
import { firstByteFinding } from './lab/first-byte.ts'
import { flashFinding } from './lab/flash.ts'
import { healthFinding } from './lab/health.ts'
import { powerFinding } from './lab/power.ts'
import { wireFinding } from './lab/wire.ts'
import { skip } from './outcome.ts'
import type { Probe } from './probe.ts'

/**
 * Whether the lab did its part: what steps noted while they worked on a place. Judged for every attempt on a place of a lab, and
 * never for another. None of them makes a cell's verdict: they tell a lab that broke from a kernel that did.
 */
export const lab: Probe = {
  group: 'lab',
  findings: [
    {
      id: 'lab.power',
      asks: 'Did the outlet of the place do what it was told, as it says itself?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 14,
    },
    {
      id: 'lab.console',
      asks: 'Was every console of the place there from before power-on to the end?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 14,
    },
    {
      id: 'lab.flash',
      asks: 'Did the board get what it was to boot, as it was read back?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 14,
    },
    {
      id: 'lab.first-byte',
      asks: "Did the board say its first byte within its class's time after power-on?",
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 14,
    },
    {
      id: 'lab.wire',
      asks: "Did the console bring the kernel's log as the kernel said it?",
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 14,
    },
    {
      id: 'lab.health',
      asks: 'Does the place work, whatever it was given to boot?',
      outcomes: ['pass', 'fail', 'unknown'],
      since: 14,
    },
  ],
  wants: [],
  config: [],
  judge: (seen) => {
    const shown = seen.shown.lab ?? { kind: 'board', facts: [] }
    const board = shown.kind === 'board'
    return [
      board ? powerFinding(about(shown, 'power'), about(shown, 'first byte')) : ofModel('lab.power', 'has no outlet'),
      board ? consoleFinding(about(shown, 'console')) : ofModel('lab.console', 'brings its own consoles'),
      board ? flashFinding(about(shown, 'flash')) : ofModel('lab.flash', 'reads its files where they are'),
      board
        ? firstByteFinding(about(shown, 'first byte'))
        : ofModel('lab.first-byte', 'is not held to a time for its first byte'),
      wireFinding(seen.shown, seen.records('hello').at(-1)),
      healthFinding(about(shown, 'health'), seen.records('end').at(-1)),
    ]
  },
}

function about<About extends LabFact['about']>({ facts }: LabShown, what: About): NotedAbout<About>[] {
  return facts.filter((fact): fact is NotedAbout<About> => fact.about === what)
}

function ofModel(id: string, why: string) {
  return skip(id, `The place is a model, which ${why}.`)
}
