import { spawn } from 'node:child_process'
import { counted } from '../domain/counted.ts'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { debianCodename, debianMirror, debianSources, hostSources } from '../builds/source/apt/mirrors.ts'
import { aptComplaint, ownApt, updateLists, type OwnApt } from '../builds/source/apt/own-config.ts'
import type { Folders } from '../host/folders.ts'
import { hostPackages, missingPackages, type MissingPackage } from '../host/packages.ts'
import { run } from '../host/run.ts'
import { say } from './say.ts'

/**
 * Installs those of the Debian packages that are missing, after saying which, why, and what comes with them. The host's own apt
 * configuration is only read.
 * @throws LabError ToolMissing without root and without sudo that asks nothing (the message is the one command that an
 * admin must type), on other systems than Debian 12 and 13, or when apt fails; SourceMissing when a list cannot be had
 */
export async function installPackages(folders: Folders, wanted = hostPackages): Promise<void> {
  const missing = await missingPackages(wanted)
  if (missing.length === 0) return
  say(`these Debian packages are missing:\n${describe(missing)}`)
  const apt = await installApt(join(folders.cache, 'apt', 'install'))
  say('fetching package lists (into a folder of our own; /etc/apt is only read)')
  await updateLists(apt, 86_400)
  const names = missing.map(({ name }) => name)
  const others = (await simulate(apt, names)).filter((name) => !names.includes(name))
  say(
    others.length === 0
      ? 'nothing else comes with them'
      : `with them ${others.length === 1 ? 'comes' : 'come'} ${counted(others.length, 'other')}: ${others.join(' ')}`,
  )
  const root = await becomeRoot()
  if (root === undefined) throw new LabError('ToolMissing', adminMessage(apt, names))
  say('installing them now')
  await install([...root, ...installCommand(apt, names)])
  await dropDownloads(apt)
  const still = await missingPackages(wanted)
  if (still.length > 0) {
    throw new LabError('ToolMissing', `apt ended well, yet these are still missing:\n${describe(still)}`)
  }
}

/**
 * The configuration from which packages are installed: the host's own mirrors of Debian, and on Debian 12 its backports,
 * preferred for QEMU alone.
 * @throws LabError ToolMissing on other systems
 */
export async function installApt(folder: string, etcApt?: string, osRelease?: string): Promise<OwnApt> {
  const codename = await debianCodename(osRelease)
  if (codename !== 'bookworm' && codename !== 'trixie') {
    throw new LabError(
      'ToolMissing',
      'hyplab can install packages on Debian 12 and 13 only; install these yourself, then start again.',
    )
  }
  const host = await hostSources(etcApt)
  const mirror = debianMirror(host)
  if (codename === 'trixie') return await ownApt(folder, debianSources(host))
  const backports = { types: ['deb'], suites: ['bookworm-backports'], components: ['main'], ...mirror }
  const preferences = 'Package: src:qemu\nPin: release n=bookworm-backports\nPin-Priority: 900\n'
  return await ownApt(folder, [...debianSources(host), backports], preferences)
}

/**
 * What apt would install for these packages, themselves among it.
 * @param options further arguments of apt-get
 * @throws LabError ToolMissing when it cannot
 */
export async function simulate(apt: OwnApt, names: string[], options: string[] = []): Promise<string[]> {
  const args = ['-c', apt.config, '--simulate', ...options, 'install', '--no-install-recommends', ...names]
  const { code, stdout, stderr } = await run('apt-get', args)
  if (code !== 0) throw new LabError('ToolMissing', `apt cannot install them: ${aptComplaint(stderr)}`)
  return [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '')
}

/** One line a package: name and what it is for. */
export function describe(missing: MissingPackage[]): string {
  const width = Math.max(...missing.map(({ name }) => name.length))
  return missing
    .map(({ name, why, installed, atLeast }) => {
      const old = installed === undefined ? '' : ` (${installed} is installed, ${atLeast} is the oldest that will do)`
      return `  ${name.padEnd(width)}  ${why}${old}`
    })
    .join('\n')
}

/** What somebody who may become root has to type: one line. */
export function adminMessage(apt: OwnApt, names: string[]): string {
  const line = installCommand(apt, names).map(quote).join(' ')
  return `installing packages needs root, and there is no sudo here that works without a password. An admin must type:\n\n  sudo ${line}\n\nThen start again.`
}

function installCommand(apt: OwnApt, names: string[]): string[] {
  return ['apt-get', '-c', apt.config, 'install', '--yes', '--no-install-recommends', ...names]
}

/** What stands before a command to run it as root; undefined when we cannot. */
async function becomeRoot(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return []
  const { code } = await run('sudo', ['-n', 'true'])
  return code === 0 ? ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND'] : undefined
}

/**
 * Runs apt-get to its end. Stopping dpkg in the middle would leave the machine half configured, so Ctrl-C does not reach
 * it: it runs in a session of its own, and we wait for it.
 */
async function install(command: string[]): Promise<void> {
  const configured = await run('dpkg', ['--audit'])
  if (configured.stdout.trim() !== '') {
    const start = command.indexOf('apt-get')
    say('a package installation was stopped half-way before; finishing it with dpkg --configure -a')
    await runToEnd([...command.slice(0, start), 'dpkg', '--configure', '-a'])
  }
  const code = await runToEnd(command)
  if (code !== 0)
    throw new LabError('ToolMissing', `${command.join(' ')} ended with code ${code}; what it said is above.`)
}

async function dropDownloads(apt: OwnApt): Promise<void> {
  const archives = join(apt.folder, 'archives')
  for (const name of await readdir(archives)) if (name.endsWith('.deb')) await rm(join(archives, name))
}

async function runToEnd([command = '', ...args]: string[]): Promise<number> {
  let stop = false
  const interrupted = () => {
    stop = true
    say('waiting for apt to finish: dpkg must not be stopped in the middle')
  }
  process.on('SIGINT', interrupted)
  try {
    const child = spawn(command, args, {
      detached: true,
      // Its output is talk, not data.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    })
    const code = await new Promise<number>((resolve) => {
      child.once('error', () => resolve(127))
      child.once('exit', (exit) => resolve(exit ?? 1))
    })
    if (stop) process.exit(130)
    return code
  } finally {
    process.removeListener('SIGINT', interrupted)
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
