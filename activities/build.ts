import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { BuildContext, BuildOutcome } from '../builds/build.ts'
import { describeFault, type BuildIdentity } from '../domain/build.ts'
import { buildFirmware } from '../builds/firmware/build-firmware.ts'
import { identifyFirmware } from '../builds/firmware/identify.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import { usingCache } from '../builds/cache/in-use.ts'
import { spaceNeeded } from '../builds/cache/space-needed.ts'
import { disturbed } from '../builds/ground.ts'
import { buildKernel } from '../builds/kernel/build-kernel.ts'
import { identifyKernel } from '../builds/kernel/identify.ts'
import { obtainSource, sourceIdentity } from '../builds/source/obtain.ts'
import { LabError, type ErrorCode } from '../domain/errors.ts'
import { diskOf } from '../host/disk.ts'
import { putArtifact, type Artifact } from '../store/artifacts.ts'
import { putBuild, usableBuild, type BuildProduct } from '../store/builds.ts'
import type { BuildResult, BuildTask } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { filesAsFrozen } from './frozen-files.ts'
import { lookAtRoom } from './keeping/look-at-room.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/** A cancel is heard of with a heartbeat: somebody waits for it. */
const beatMs = 1_000

/** Progress reaches people this often. */
const tellMs = 500

/** What the inputs are to blame for; anything else that is not worth repeating is the host's fault. */
const inputsFault: ReadonlySet<ErrorCode> = new Set(['BuildFailed', 'ConfigRefused', 'PatchFailed', 'BadInput'])

/**
 * Makes one build and keeps its products, or finds it made. A build that fails is a result; what may succeed when
 * repeated is thrown. Whatever was half done when a worker died is taken up where make finds it.
 */
export async function build(deps: Deps, task: BuildTask): Promise<BuildResult> {
  if (await usableBuild(deps.store, task.id)) return { id: task.id, ok: true, infra: false, message: '' }
  const { level, sentence } = await lookAtRoom(deps)
  if (level === 'none') return withoutRoom(task, sentence, 0)
  const reporter = new Reporter(deps.store, { build: task.id })
  const started = Date.now()
  reporter.tell('build-started', { name: task.name, kind: task.kind })
  const result = await whileBeating(beatMs, { phase: 'start', done: 0 }, async (report, signal) => {
    let told = 0
    const folder = join(deps.folders.state, 'builds', task.id.slice(0, 16))
    await mkdir(folder, { recursive: true })
    const logFile = join(folder, 'build.log')
    await rm(logFile, { force: true })
    const context: BuildContext = {
      folders: deps.folders,
      signal,
      logFile,
      jobs: availableParallelism(),
      progress: (progress) => {
        report({ phase: progress.phase, done: progress.done })
        if (Date.now() - told < tellMs) return
        told = Date.now()
        reporter.tell('build-progress', { name: task.name, ...progress })
      },
    }
    const { free } = await diskOf(deps.folders.cache)
    try {
      return await usingCache(deps.folders, signal, () =>
        make(deps, task, { ...context, inputs: join(folder, 'inputs') }, reporter).then(
          (made) => keep(deps, task, made, { logFile, started }),
          (error) => refuse(deps, task, error, { logFile, started }),
        ),
      )
    } catch (error) {
      if (!isDiskFull(error)) throw error
      return await waitOrGiveUp(deps, task, error, { free, logFile, started })
    } finally {
      // Also when it was cancelled: perhaps nobody ever asks for this build again.
      await rm(folder, { recursive: true, force: true })
    }
  })
  const { ok, message, room } = result
  const seconds = (Date.now() - started) / 1000
  // One that waits for room has not ended; its story says so.
  if (room === undefined) reporter.tell('build-ended', { name: task.name, ok, seconds, message })
  await reporter.flush()
  return result
}

/** The build is not made now: its story waits for room, and then asks again. */
function withoutRoom({ id }: BuildTask, sentence: string, room: number): BuildResult {
  return { id, ok: false, infra: true, message: sentence, room }
}

/** Tools say it in their own words, and Node in its. */
function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'DiskFull' || error.code === 'ENOSPC')
}

/**
 * A full disk is no failed build. One that was full although there had been enough for most builds wants more than it found;
 * what no disk of that size can hold is not waited for.
 */
async function waitOrGiveUp(
  deps: Deps,
  task: BuildTask,
  error: Error,
  { free, ...times }: Times & { free: number },
): Promise<BuildResult> {
  const usual = spaceNeeded[task.kind]
  const room = free < usual ? usual : free + usual
  const { size } = await diskOf(deps.folders.cache)
  if (room < 0.9 * size) return withoutRoom(task, error.message, room)
  return await giveUp(deps, task, new LabError('DiskFull', error.message, { cause: error }), times)
}

type Made = { identity: BuildIdentity; outcome: BuildOutcome }

async function make(
  { store }: Deps,
  task: BuildTask,
  { inputs, ...given }: BuildContext & { inputs: string },
  reporter: Reporter,
): Promise<Made> {
  const { frozen } = task.kind === 'kernel' ? task.kernel : task
  const context: BuildContext = { ...given, files: await filesAsFrozen(store, frozen, inputs) }
  const sourceContext = { ...context, lockFile: task.lockFile, say: (text: string) => reporter.tell('say', { text }) }
  if (task.kind === 'firmware') {
    const recipe = await readStack(task.recipe, task.sources, context.files)
    const identity = sameInputs(task, await identifyFirmware(recipe, sourceContext))
    return { identity, outcome: await buildFirmware(recipe, sourceContext) }
  }
  const { sources, patches, fuzz } = task.kernel
  const tree = await obtainSource(sources, patches, sourceContext, fuzz)
  const source = await sourceIdentity(sources, patches, sourceContext, fuzz)
  const identity = sameInputs(task, await identifyKernel(task.kernel, source, context.files))
  return { identity, outcome: await buildKernel(task.kernel, tree, context) }
}

/** A compiler that was renewed after the run was started would make other bytes than the build's name says. */
function sameInputs(task: BuildTask, now: BuildIdentity): BuildIdentity {
  if (now.id === task.id) return now
  throw new LabError(
    'BadInput',
    `The inputs of ${task.name} changed while the run waited for its build: start the run again.`,
  )
}

type Times = { logFile: string; started: number }

async function keep(deps: Deps, task: BuildTask, { identity, outcome }: Made, times: Times): Promise<BuildResult> {
  const products: BuildProduct[] = []
  if (outcome.ok)
    for (const { name, path } of outcome.products) products.push({ name, ...(await keepProduct(deps, path)) })
  const log = await putArtifact(deps.store, times.logFile)
  await putBuild(deps.store, {
    ...identity,
    outcome: outcome.ok ? 'ok' : 'failed',
    fault: outcome.ok ? null : outcome.fault,
    log: log.sha256,
    started: times.started,
    seconds: (Date.now() - times.started) / 1000,
    products,
  })
  const message = outcome.ok ? '' : describeFault(outcome.fault)
  return { id: task.id, ok: outcome.ok, infra: false, message }
}

/** Products lie in the cache until they are kept, which takes as long as they are large. */
async function keepProduct(deps: Deps, path: string): Promise<Artifact> {
  return await putArtifact(deps.store, path).catch((error: unknown) => {
    throw existsSync(path) ? error : disturbed(path, error)
  })
}

/** An error that repeating cannot mend becomes a failed build; every other one, and a full disk, is thrown on. */
async function refuse(deps: Deps, task: BuildTask, error: unknown, times: Times): Promise<BuildResult> {
  if (!(error instanceof LabError) || error.retryable || isDiskFull(error)) throw error
  return await giveUp(deps, task, error, times)
}

async function giveUp(deps: Deps, task: BuildTask, error: LabError, times: Times): Promise<BuildResult> {
  const log = await putArtifact(deps.store, times.logFile).catch(() => null)
  await putBuild(deps.store, {
    id: task.id,
    kind: task.kind,
    name: task.name,
    inputs: {},
    outcome: 'failed',
    products: [],
    fault: { message: error.message },
    log: log?.sha256 ?? null,
    started: times.started,
    seconds: (Date.now() - times.started) / 1000,
  })
  return { id: task.id, ok: false, infra: !inputsFault.has(error.code), message: error.message }
}
