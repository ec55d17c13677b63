import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { LabError } from '../../domain/errors.ts'
import { FileMemo } from '../../host/file-memo.ts'
import type { Folders } from '../../host/folders.ts'

/**
 * Where a build looks for tools. Not the user's PATH: a python of pyenv or a virtual environment lacks what the firmware's
 * scripts import, and a compiler wrapper in a home folder would change the bytes.
 */
export const buildPath = '/usr/bin:/usr/sbin:/bin:/sbin'

/**
 * The whole environment of a build: nothing of the user's leaks in but TMPDIR.
 * ccache has no base_dir on purpose: it would rewrite the compiler's absolute paths to relative ones, which kbuild's
 * -fmacro-prefix-map=<srctree>/= then no longer matches, so that __FILE__ would depend on where the tree lies.
 * @param epoch seconds since 1970 that stand for the source tree.
 */
export function buildEnvironment(folders: Folders, epoch: number): Record<string, string> {
  const temporary = process.env['TMPDIR']
  return {
    PATH: buildPath,
    HOME: folders.cache,
    LC_ALL: 'C',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(epoch),
    CCACHE_DIR: join(folders.cache, 'ccache'),
    // The user's own /etc/ccache.conf or ~/.config/ccache must not turn the cache off or make it sloppy.
    CCACHE_CONFIGPATH: '/dev/null',
    CCACHE_COMPILERCHECK: 'content',
    CCACHE_MAXSIZE: '10G',
    ...(temporary === undefined ? {} : { TMPDIR: temporary }),
  }
}

/** The Debian package of each tool that a build may miss, where its name differs from the tool's. */
const packages: Record<string, string> = {
  'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu',
  'aarch64-linux-gnu-ld': 'binutils-aarch64-linux-gnu',
  dtc: 'device-tree-compiler',
  iasl: 'acpica-tools',
  flock: 'util-linux',
  python3: 'python3',
  cp: 'coreutils',
}

/**
 * Checks that each tool can be found on the build's PATH.
 * @throws LabError ToolMissing with all that are missing and the packages that bring them.
 */
export function requireTools(tools: readonly string[]): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined)
  if (missing.length === 0) return
  const wanted = [...new Set(missing.map((tool) => packages[tool] ?? tool))]
  throw new LabError(
    'ToolMissing',
    `The build needs ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not in ${buildPath}: ` +
      `run \`npm start\`, or as root \`apt-get install ${wanted.join(' ')}\`.`,
  )
}

function findTool(tool: string): string | undefined {
  return buildPath
    .split(':')
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const answers = new FileMemo<string>()

/**
 * What a tool says on standard output when it is asked `question`, one argument such as `--version`; asked again only when
 * the tool's file has changed, because every run asks and starting a compiler takes 10 to 50 ms.
 * @throws LabError ToolMissing; execa's error when the tool fails
 */
export async function askTool(tool: string, question: string): Promise<string> {
  requireTools([tool])
  return await answers.of(findTool(tool) ?? tool, question, async () => {
    const options = { env: { PATH: buildPath, LC_ALL: 'C' }, extendEnv: false, stdin: 'ignore' } as const
    return (await execa(tool, [question], options)).stdout
  })
}

/**
 * The first line with a digit of what a tool says about its version, e.g.
 * `aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0`.
 * @throws LabError ToolMissing.
 */
export async function toolVersion(tool: string): Promise<string> {
  // iasl knows no long options, and says its maker before its version.
  const said = await askTool(tool, tool === 'iasl' ? '-v' : '--version')
  return said.split('\n').find((line) => /\d/.test(line)) ?? ''
}
