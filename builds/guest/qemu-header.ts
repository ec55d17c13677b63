import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { fetchSourcePackage, upstreamVersion } from '../source/apt/source-package.ts'
import { FileMemo } from '../../host/file-memo.ts'
import { findProgram } from '../../host/find-program.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { download } from '../source/download.ts'
import { obtainingContext, type NamingContext } from '../source/source.ts'

const program = 'qemu-system-aarch64'
const versions = new FileMemo<string>()

/** The QEMU that boots targets: its file, and the first line of its `--version`. */
export interface InstalledQemu {
  path: string
  version: string
}

/** The QEMU that stands first on this process's PATH. @throws LabError ToolMissing when there is none, or it does not run */
export async function installedQemu(): Promise<InstalledQemu> {
  const path = await findProgram(program)
  if (path === undefined)
    throw new LabError('ToolMissing', `There is no ${program} on PATH: run \`npm start\`, which installs it.`)
  return { path, version: await versions.of(path, 'version', () => askVersion(path)) }
}

/**
 * The folder of the plugin header that fits a QEMU. One that was installed from source has it beside itself; Debian ships
 * it in no binary package, so it is taken out of the source package: of the same version, or of another one of the
 * same series, since QEMU changes its plugin API (QEMU_PLUGIN_VERSION) in no stable release. Its sha256 is recorded.
 * @throws LabError ToolMissing for a QEMU that neither has it nor is Debian's; SourceMissing, ChecksumMismatch
 */
export async function qemuPluginHeader(qemu: InstalledQemu, context: NamingContext): Promise<string> {
  const beside = join(dirname(dirname(qemu.path)), 'include')
  if (await isThere(join(beside, 'qemu-plugin.h'))) return beside
  const version = debianVersion(qemu.version)
  if (version === undefined) {
    throw new LabError(
      'ToolMissing',
      `${qemu.path} (${qemu.version}) is not Debian's, and ${beside} has no qemu-plugin.h: install QEMU with its header.`,
    )
  }
  const full = obtainingContext(context)
  const { path } = await download(
    {
      key: `debian qemu=${version} qemu-plugin.h`,
      fileNames: [`qemu-plugin-${upstreamVersion(version)}.h`],
      sha256: undefined,
      get: (into) => fetchHeader(version, into, full),
    },
    full,
  )
  return dirname(path)
}

/** The Debian version in a `--version` line, e.g. `1:10.0.2+ds-2+deb13u1~bpo12+1`; undefined where QEMU is not Debian's. */
export function debianVersion(line: string): string | undefined {
  return /\(Debian ([^)\s]+)\)/.exec(line)?.[1]
}

async function fetchHeader(version: string, into: string, { folders, signal }: ReturnType<typeof obtainingContext>) {
  const request = { package: 'qemu', version, part: 'orig', series: true } as const
  const tarball = await fetchSourcePackage(request, join(into, 'apt'), folders, signal)
  // include/qemu/ until 10.0, include/plugins/ since 10.1.
  const pattern = '*/include/*/qemu-plugin.h'
  const text = await runOrThrow('tar', ['-x', '-O', '--wildcards', '-f', tarball, pattern], { signal })
  const header = join(into, 'qemu-plugin.h')
  await writeFile(header, text)
  return header
}

async function askVersion(path: string): Promise<string> {
  const { code, stdout, stderr } = await run(path, ['--version'])
  if (code === 0) return stdout.split('\n', 1)[0] ?? ''
  throw new LabError('ToolMissing', `${path} does not run: ${stderr.trim() || `exit code ${code}`}.`)
}

async function isThere(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}
