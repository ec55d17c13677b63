import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { run } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import type { BuildContext } from '../build.ts'
import { canonicalJson, sha256Folder } from '../identity.ts'
import { askTool, buildEnvironment } from '../make/build-environment.ts'
import { FirstError } from '../make/first-error.ts'
import { runLogged } from '../make/run-logged.ts'
import { installedQemu, qemuPluginHeader, type InstalledQemu } from './qemu-header.ts'

const compiler = 'gcc'
const sources = join(import.meta.dirname, '../../guest/smc-trace')
const flags =
  '-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -shared -pthread -Wl,--build-id=none'.split(
    ' ',
  )

/** Our SMC tracer as a QEMU plugin, and the hash of all that made it: its sources, flags, compiler and QEMU. */
export interface SmcTracer {
  path: string
  id: string
}

type Context = Pick<BuildContext, 'folders' | 'logFile' | 'signal'>

/**
 * Compiles `guest/smc-trace` for the QEMU that is installed, once for each content, compiler and QEMU, into the cache, and
 * has QEMU load it once: a file that is in the cache fits.
 * @throws LabError ToolMissing without QEMU, its header or a compiler; SourceMissing when the header cannot be had;
 * BuildFailed when it does not compile or QEMU does not take it; the signal's reason when it was aborted
 */
export async function buildSmcTrace(ctx: Context): Promise<SmcTracer> {
  ctx.signal.throwIfAborted()
  const qemu = await installedQemu()
  const version = await askTool(compiler, '--version')
  const inputs = { sources: await sha256Folder(sources), flags, version, qemu: qemu.version }
  const id = sha256(canonicalJson(inputs))
  const folder = join(ctx.folders.cache, 'smc-trace')
  const path = join(folder, `${id}.so`)
  if (await isThere(path)) return { path, id }
  await mkdir(folder, { recursive: true })
  return await withLock(join(folder, 'lock'), { signal: ctx.signal }, async () => {
    if (await isThere(path)) return { path, id }
    const header = await qemuPluginHeader(qemu, ctx)
    const scratch = await mkdtemp(join(folder, 'building-'))
    try {
      const built = join(scratch, 'smc-trace.so')
      await compile(built, header, ctx, join(scratch, 'lock'))
      await tryOut(qemu, built, scratch, ctx)
      await rename(built, path)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
    return { path, id }
  })
}

async function compile(out: string, header: string, ctx: Context, lockFile: string): Promise<void> {
  const units = (await readdir(sources)).filter((name) => name.endsWith('.c')).toSorted()
  const command = [compiler, ...flags, '-Iglib', `-I${header}`, '-o', out, ...units]
  const errors = new FirstError([sources])
  const listener = { line: (line: string) => errors.line(line), chunk: () => undefined }
  const environment = buildEnvironment(ctx.folders, 0)
  const code = await runLogged({ command, folder: sources, environment, lockFile }, ctx, listener)
  if (code === 0) return
  const { file, line, message } = errors.fault ?? { message: `${compiler} ended with code ${code}` }
  const where = file === undefined ? '' : ` at guest/smc-trace/${file}${line === undefined ? '' : `:${line}`}`
  throw new LabError('BuildFailed', `The SMC tracer does not compile${where}: ${message}; the log is ${ctx.logFile}.`)
}

/** Makes a machine that ends before it runs, only to have QEMU check the plugin's API version and call it. */
async function tryOut(qemu: InstalledQemu, plugin: string, scratch: string, ctx: Context): Promise<void> {
  const machine = `virt,secure=on,virtualization=on,dumpdtb=${join(scratch, 'dtb')}`
  const bare = ['-no-user-config', '-nodefaults', '-display', 'none', '-m', '64', '-cpu', 'max']
  const args = [...bare, '-machine', machine, '-plugin', `file=${plugin},out=${join(scratch, 'trace')}`]
  const { code, stderr } = await run(qemu.path, args, { signal: ctx.signal })
  if (code === 0) return
  const said = stderr.trim().split('\n').slice(0, 3).join(' / ') || `exit code ${code}`
  throw new LabError('BuildFailed', `${qemu.path} (${qemu.version}) does not take the SMC tracer: ${said}`)
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
