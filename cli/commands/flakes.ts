import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { drawStrips } from '../../domain/flake/draw-strips.ts'
import { flakesOf, type Flake } from '../../domain/flake/flakes-of.ts'
import { inWords, percent } from '../../domain/flake/rate.ts'
import { stripsOf } from '../../domain/flake/strips-of.ts'
import { readFlakeSamples } from '../../reading/read-flake-samples.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { wholeNumber } from './list.ts'

/** `flakes [PLAN]`: what passes in some attempts and fails in others. */
export function defineFlakes(command: Command, context: () => Context): void {
  command
    .option('-n, --last <count>', 'attempts of each cell that are looked at, the newest', wholeNumber, 50)
    .option('--svg <file>', 'draw the attempts as strips, one row a flake')
    .action(async (plan: string | undefined, { last, svg }: { last: number; svg?: string }) => {
      const { folders, json, print, printJson, talk, paint } = context()
      const samples = await withStore(folders, (store) => readFlakeSamples(store, { last, ...(plan && { plan }) }))
      const flakes = flakesOf(samples)
      if (svg !== undefined) await writeFile(svg, drawStrips(stripsOf(flakes, samples), 'What is not steady'))
      if (json) return printJson({ schemaVersion: 1, attempts: samples.length, flakes })
      if (samples.length === 0) {
        process.exitCode = exitCodes.nothing
        return talk(plan === undefined ? 'No attempts yet.' : `No attempts of a plan ${plan}.`)
      }
      if (flakes.length === 0)
        return print(`Nothing passed in some of these ${samples.length} attempts and failed in others.`)
      const head = ['finding', 'cell', 'failed', 'first', 'last', 'what it is'].map(paint.dim)
      print(table([head, ...flakes.map(row)]))
    })
}

function row({ finding, cell, failed, failures, because, follows, together, is }: Flake): string[] {
  const what = [
    because === undefined ? '' : `a consequence of ${because}`,
    ...follows.map(
      ({ origin, name, there, elsewhere }) =>
        `keeps to ${origin} ${name.slice(0, 20)}: ${percent(there.happened / there.of)} there, ${percent(elsewhere.happened / elsewhere.of)} elsewhere`,
    ),
    together.length === 0 ? '' : `fails with ${together.join(', ')}`,
    is === undefined ? 'too few attempts to say' : steadiness[is],
  ]
  return [
    finding,
    cell,
    inWords(failed),
    failures[0]!.attempt,
    failures.at(-1)!.attempt,
    what.filter((part) => part !== '').join('; '),
  ]
}

const steadiness = { passes: 'rare: steady but for that', fails: 'fails but for some', flaky: 'flaky' }
