import { existsSync } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { FileMemo } from '../../host/file-memo.ts'
import { sha256, sha256File } from '../../host/sha256.ts'
import type { BuildContext } from '../build.ts'
import { disturbed } from '../ground.ts'
import { canonicalJson, sha256Folder } from '../identity.ts'
import { askTool, buildEnvironment } from '../make/build-environment.ts'
import { FirstError } from '../make/first-error.ts'
import { runLogged } from '../make/run-logged.ts'

const compiler = 'aarch64-linux-gnu-gcc'
const packages = 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
const sources = join(import.meta.dirname, '../../guest/init')

/** Static, since the target has nothing but it. */
const flags = '-std=gnu11 -D_GNU_SOURCE -Os -Wall -Wextra -Werror -static -s -Wl,--build-id=none'.split(' ')

/** Our init as a file, and the hash of all that made it: its sources, flags, compiler and C library. */
export interface GuestInit {
  path: string
  id: string
}

type Context = Pick<BuildContext, 'folders' | 'logFile' | 'signal'>

/**
 * Compiles `guest/init` for the target, once for each content and compiler, into the cache. The file appears whole or not
 * at all.
 * @throws LabError ToolMissing without a cross compiler or its C library, BuildFailed with the compiler's first error; the
 * signal's reason when it was aborted
 */
export async function buildGuestInit(ctx: Context): Promise<GuestInit> {
  ctx.signal.throwIfAborted()
  const environment = buildEnvironment(ctx.folders, 0)
  const id = await identity()
  const folder = join(ctx.folders.cache, 'guest-init')
  const path = join(folder, id)
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (there) return { path, id }
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, 'building-'))
  try {
    await compile(scratch, id, environment, ctx)
    await rename(join(scratch, 'init'), path)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return { path, id }
}

const hashes = new FileMemo<string>()

async function identity(): Promise<string> {
  const ask = (question: string): Promise<string> => askTool(compiler, question).catch(() => missing('it does not run'))
  const [version, library] = [await ask('--version'), await ask('-print-file-name=libc.a')]
  const libc = await hashes
    .of(library, 'sha256', () => sha256File(library))
    .catch(() => missing(`it finds no libc.a (${library})`))
  return sha256(canonicalJson({ sources: await sha256Folder(sources), flags, version, libc }))
}

function missing(why: string): never {
  throw new LabError(
    'ToolMissing',
    `The target's init needs ${compiler}, and ${why}: run \`npm start\`, or as root \`apt-get install ${packages}\`.`,
  )
}

async function compile(
  scratch: string,
  id: string,
  environment: Record<string, string>,
  ctx: Pick<BuildContext, 'logFile' | 'signal'>,
): Promise<void> {
  const units = (await readdir(sources)).filter((name) => name.endsWith('.c')).toSorted()
  const command = [compiler, ...flags, `-DHYPLAB_INIT_ID="${id.slice(0, 12)}"`, '-o', join(scratch, 'init'), ...units]
  const errors = new FirstError([sources])
  const listener = { line: (line: string) => errors.line(line), chunk: () => undefined }
  const lockFile = join(scratch, 'lock')
  const code = await runLogged({ command, folder: sources, environment, lockFile }, ctx, listener)
  if (code === 0) return
  if (!existsSync(scratch)) throw disturbed(scratch)
  const { file, line, message } = errors.fault ?? { message: `${compiler} ended with code ${code}` }
  const where = file === undefined ? '' : ` at guest/init/${file}${line === undefined ? '' : `:${line}`}`
  throw new LabError(
    'BuildFailed',
    `The target's init does not compile${where}: ${message}; the log is ${ctx.logFile}.`,
  )
}
