import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../domain/errors.ts'
import type { PlaceClaim } from '../../host/claim.ts'
import type { HostLink } from '../hosts/host-link.ts'
import type { Powered, PowerUp, TargetEnd } from '../powered.ts'
import { modelArguments, type ModelArguments } from './arguments.ts'
import { closed } from './closing.ts'
import { endOf, stillSentence } from './ending.ts'
import { findModel, type FoundModel } from './find-model.ts'
import type { FvpOrder, FvpRecipe } from './fvp-order.ts'
import { Here } from './here.ts'
import { keepModel, keptFolder } from './kept-model.ts'
import { lastWords } from './last-words.ts'
import { launchModel, type LaunchedModel, type Other } from './launch.ts'
import type { ModelHost } from './model-host.ts'
import { Remote } from './remote.ts'
import { attachTpm, startModelTpm, type ModelTpm } from './tpm.ts'

/** Seconds; TF-A's CI waits as long on a busy host. */
const usualAnnouncing = 120
/** How long a model may take to end after it was asked to, milliseconds: TF-A's CI gives it 5 s to print its statistics. */
const endingMs = 10_000
/** How often a model that stands still is looked at, milliseconds. */
const lookMs = 100

/**
 * Powers a model up: started, stopped before its first instruction, every terminal attached. It ends by itself when the
 * target is off (PSCI), when it is asked to (SIGINT), or by force.
 * @param link the host that the model is on; this one when absent
 * @returns a function that throws LabError PlaceBroken, in the model's own words, when it is missing or does not come up
 */
export function powerFvp(order: FvpOrder, link?: HostLink): PowerUp {
  return async (claim, signal) => {
    const host = link ? new Remote(link) : new Here()
    let tpm: ModelTpm | undefined
    try {
      const model = await findModel(order.model, host, signal)
      const { recipe, files } = await putFiles(order, host, signal)
      const built = modelArguments(recipe, order.model)
      keepModel(order.folder, { ...model, host: host.name, ...built, files })
      tpm = order.tpm && (await startModelTpm(order.folder, order.tpm.banks, signal))
      return await launch(order, { host, model, built, ...(tpm && { tpm }) }, claim, signal)
    } catch (error) {
      await tpm?.stop()
      await host.close()
      throw error
    }
  }
}

/** What a model is started with, and where. */
interface Parts {
  host: ModelHost
  model: FoundModel
  built: ModelArguments
  tpm?: ModelTpm
}

async function launch(
  order: FvpOrder,
  { host, model, built, tpm }: Parts,
  claim: Pick<PlaceClaim, 'token' | 'hold'>,
  signal: AbortSignal,
): Promise<Powered> {
  const launched = await launchModel(
    {
      host,
      command: [model.path, ...built.arguments],
      token: claim.token,
      terminals: order.terminals,
      ...(order.tpm && { wire: order.tpm.terminal }),
      kept: keptFolder(order.folder),
      announcing: order.announcing ?? usualAnnouncing,
    },
    signal,
  )
  if (tpm && launched.wire) attachTpm(tpm, launched.wire, order.folder)
  const target = powered(host, launched, tpm)
  try {
    if (launched.process.pgid !== undefined) claim.hold(launched.process.pgid)
    return target
  } catch (error) {
    await target.forceOff()
    throw error
  }
}

function powered(
  host: ModelHost,
  { process, pid, output, lines, wire, others }: LaunchedModel,
  tpm: ModelTpm | undefined,
): Powered {
  let over = false
  const said = Promise.withResolvers<TargetEnd>()
  const gone = process.ended
    .catch((error: unknown) => (error instanceof LabError ? error : new LabError('PlaceBroken', String(error))))
    .then((end) => {
      over = true
      return end
    })
  let finished: Promise<void> | undefined
  const finish = (): Promise<void> =>
    (finished ??= (async () => {
      await gone
      const streams = [...lines.map(({ stream }) => stream), ...(wire ? [wire] : [])]
      await Promise.all([...streams.map(closed), ...others.map(closedAndKept), output.end()])
      await tpm?.stop()
      await host.close()
    })())
  const ended = gone.then(async (end) => {
    await output.end()
    return endOf(end, output)
  })
  return {
    lines,
    ended: Promise.race([ended, output.failed, said.promise, ...(tpm ? [tpm.lost] : [])]),
    async go() {
      void lastWords(lines).then(said.resolve)
      await host.signal(pid, 'CONT')
    },
    pulse: {
      async ask() {
        while (!over && (await host.isStopped(pid))) await delay(lookMs)
      },
      stillSentence,
    },
    async askOff() {
      if (!over) {
        // A process that is stopped takes no signal but the second.
        await host.signal(pid, 'INT', 'CONT').catch(() => undefined)
      }
      const forced = !(await within(gone, endingMs))
      if (forced) await process.kill()
      await finish()
      return forced
    },
    async forceOff() {
      if (!over) await process.kill().catch(() => undefined)
      await finish()
    },
  }
}

async function closedAndKept({ stream, kept }: Other): Promise<void> {
  await closed(stream)
  await kept
}

/** Files of this host that the stack names are put where the model is; what the place names is there already. */
async function putFiles(
  { recipe, names = {} }: FvpOrder,
  host: ModelHost,
  signal: AbortSignal,
): Promise<{ recipe: FvpRecipe; files: Record<string, string> }> {
  const files: Record<string, string> = {}
  const put = async (file: string): Promise<string> => {
    const there = await host.put(file, signal)
    if (names[file] !== undefined) files[there] = names[file]
    return there
  }
  const parameters = Object.entries(recipe.parameters).map(async ([name, value]) => {
    const isFile = isAbsolute(value) && existsSync(value)
    return [name, isFile ? await put(value) : value] as const
  })
  const data = recipe.data.map(async ({ file, at }) => ({ file: await put(file), at }))
  return {
    recipe: { parameters: Object.fromEntries(await Promise.all(parameters)), data: await Promise.all(data) },
    files,
  }
}

async function within(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  return await Promise.race([event.then(() => true), late]).finally(() => clearTimeout(timer))
}
