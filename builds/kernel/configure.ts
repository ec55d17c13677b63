import type { BuildContext } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { notTaken, parseConfig, type Config, type NotTaken } from './config-text.ts'
import { askKconfig, baseConfig, effectiveConfig, type Kconfig } from './kconfig.ts'
import { alsoAsk, depth, explain, showRefusal, type Refusal } from './refusal.ts'
import { parseWhy, type Why } from './why.ts'

export type Configured =
  | { ok: true; text: string }
  /** `refused` when it is the requested symbols that did not take, with one line of the message for each. */
  | { ok: false; fault: BuildFault; refused?: Refusal[] }

/**
 * Makes a kernel's configuration and holds it against what was asked for: a symbol that Kconfig gave another value than
 * the requested one makes it fail, with the reason that Kconfig gives.
 * @throws LabError BadInput for a base that is no configuration; the signal's reason.
 */
export async function configure(
  kconfig: Kconfig,
  base: string,
  requested: Config,
  context: BuildContext,
): Promise<Configured> {
  context.progress({ phase: 'configure', done: 0 })
  const start = await baseConfig(kconfig, base, context)
  if (!start.ok) return start
  const effective = await effectiveConfig(kconfig, start.value, requested, context)
  if (!effective.ok) return effective
  const wrong = notTaken(requested, parseConfig(effective.value, '.config'))
  if (wrong.length === 0) return { ok: true, text: effective.value }
  const refused = await explainAll(kconfig, effective.value, wrong, context)
  const count = `${refused.length} of ${requested.size} requested symbols did not take`
  return { ok: false, fault: { message: [`${count}:`, ...refused.map(showRefusal)].join('\n') }, refused }
}

async function explainAll(
  kconfig: Kconfig,
  config: string,
  wrong: NotTaken[],
  context: BuildContext,
): Promise<Refusal[]> {
  const why = new Map<string, Why>()
  let ask = wrong.map(({ symbol }) => symbol)
  // Unmet dependencies have unmet dependencies: each round asks for those that the last one brought up.
  for (let round = 0; round < depth && ask.length > 0; round += 1) {
    const answers = parseWhy(await askKconfig(kconfig, config, ask, context))
    for (const [name, answer] of answers) why.set(name, answer)
    const next = ask.flatMap((symbol) => {
      const request = wrong.find((one) => one.symbol === symbol) ?? { symbol, wanted: 'm', got: 'n' }
      return alsoAsk(request, answers.get(symbol))
    })
    ask = [...new Set(next)].filter((name) => !why.has(name))
  }
  const misspelt = [...why.values()].some(({ known }) => !known)
  const names = misspelt ? (await askKconfig(kconfig, config, [], context)).split('\n') : []
  return wrong.map((one) => ({ ...one, why: explain(one, { why, names }) }))
}
