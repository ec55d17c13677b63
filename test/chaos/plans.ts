import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { runDetail } from '../../store/details.ts'
import { listRuns } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { makeState } from '../e2e/make-state.ts'
import { startHyplab } from '../e2e/command.ts'
import { firstLook, planLike, type PlanText } from '../e2e/plans.ts'
import { undisturbed } from './check-run.ts'
import type { PlanName } from './disturbance.ts'
import type { PlanFacts } from './disturbed-run.ts'

/** Infrastructure is broken on purpose, and never so often that a cell is given up for it. */
const attempts = { count: 1, infra: 20 }

const shipped: Record<PlanName, { from: string; only: string[] }> = {
  'first-look': { from: firstLook, only: [] },
  // EDK2, a TPM and IMA: swtpm beside QEMU, and boots that take longer.
  tpm: {
    from: fileURLToPath(new URL('../../plans/thread-6.18.yaml', import.meta.url)),
    only: ['config=ffa=y', 'stack=full', 'mode=protected', 'mode=nvhe'],
  },
}

/**
 * Writes the plans below a folder, builds them on the state folder `built` where that is not there, and runs each once
 * undisturbed to see how it comes out.
 * @param slower how many times slower a run is among those beside it
 * @param cut aborted when all is to end at once
 * @throws Error when it cannot be built, or comes out otherwise than it should; the signal's reason when it was cut off
 */
export async function preparePlans(
  plans: readonly PlanName[],
  folder: string,
  built: string,
  slower: number,
  say: (text: string) => void,
  cut: AbortSignal,
): Promise<Partial<Record<PlanName, PlanFacts>>> {
  const entries = await Promise.all(
    plans.map(async (name) => {
      const { from, only } = shipped[name]
      const file = await planLike({ state: folder }, nameOf(name), (plan: PlanText) => (plan.attempts = attempts), from)
      await writeFile(join(dirname(file), `${nameOf(name)}-night.yaml`), stringify(nightOf(file, only)))
      return { name, args: [file, ...only.flatMap((value) => ['--only', value])] }
    }),
  )
  await makeState(built, async (state) => {
    for (const { name, args } of entries)
      for (const word of ['build', 'run']) {
        say(`${word} of ${name}, undisturbed`)
        cut.throwIfAborted()
        const command = startHyplab(state, [word, ...args])
        const interrupt = (): void => command.signal('SIGINT')
        cut.addEventListener('abort', interrupt)
        const { code, stderr } = await command.ended
        cut.removeEventListener('abort', interrupt)
        if (code !== 0) throw new Error(`hyplab ${word} ${args.join(' ')} exits with ${code}:\n${stderr}`)
      }
  })
  const facts = await Promise.all(
    entries.map(async ({ name, args }) => [name, await factsOf(built, name, args, slower)]),
  )
  return Object.fromEntries(facts) as Partial<Record<PlanName, PlanFacts>>
}

async function factsOf(built: string, name: PlanName, args: string[], slower: number): Promise<PlanFacts> {
  const store = await openStore(built)
  try {
    // The newest of that plan: the ones before are its builds.
    const last = (await listRuns(store)).find(({ plan }) => plan === nameOf(name))
    if (!last) throw new Error(`${built} has no run of ${nameOf(name)}: delete it, it is made again.`)
    const detail = await runDetail(store, last.id)
    const boots = detail.cells.flatMap((cell) => cell.attempts).map(({ started, end }) => (end!.ended - started) / 1000)
    const schedule = join(dirname(args[0]!), `${nameOf(name)}-night.yaml`)
    const pace = { run: (slower * (last.ended! - last.started)) / 1000, boot: slower * Math.max(...boots) }
    return { args, schedule, expected: undisturbed(detail), pace }
  } finally {
    await store.close()
  }
}

/** A schedule of a plan whose hour never comes while anybody watches: its nights begin when somebody says so. */
function nightOf(plan: string, only: readonly string[]): object {
  const values = only.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
  const axes = Map.groupBy(values, ([axis]) => axis)
  const selector = Object.fromEntries([...axes].map(([axis, of]) => [axis, of.map(([, value]) => value)]))
  return { plan, only: selector, cron: '0 0 29 2 *' }
}

function nameOf(plan: PlanName): string {
  return `chaos-${plan}`
}
