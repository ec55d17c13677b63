import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { debianMirror, hostSources } from '../../builds/source/apt/mirrors.ts'
import { updateLists } from '../../builds/source/apt/own-config.ts'
import { renderDeb822 } from '../../builds/source/apt/sources-list.ts'
import { hostPackages, testPackages } from '../../host/packages.ts'
import { run } from '../../host/run.ts'
import { adminMessage, describe, installApt, simulate } from '../../setup/install-packages.ts'

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** The /etc of a fresh Debian machine that uses this host's mirror. */
async function freshEtc(codename: string): Promise<{ etcApt: string; osRelease: string; status: string }> {
  const folder = temporary()
  mkdirSync(join(folder, 'sources.list.d'))
  const { uris, fields } = debianMirror(await hostSources())
  const source = { types: ['deb'], uris, suites: [codename], components: ['main'], fields }
  writeFileSync(join(folder, 'sources.list.d', 'debian.sources'), renderDeb822([source]))
  writeFileSync(join(folder, 'os-release'), `ID=debian\nVERSION_CODENAME=${codename}\n`)
  writeFileSync(join(folder, 'status'), '')
  return { etcApt: folder, osRelease: join(folder, 'os-release'), status: join(folder, 'status') }
}

test.each(['bookworm', 'trixie'])(
  'on a %s with nothing installed, apt finds everything, with a QEMU that is new enough',
  { timeout: 180_000 },
  async (codename) => {
    const { etcApt, osRelease, status } = await freshEtc(codename)
    const apt = await installApt(join(temporary(), 'apt'), etcApt, osRelease)
    await updateLists(apt, 60)
    const names = [...hostPackages, ...testPackages].map(({ name }) => name)
    const chosen = await simulate(apt, names, ['-o', `Dir::State::status=${status}`])
    expect(chosen).toEqual(expect.arrayContaining(names))
    const { stdout } = await run('apt-cache', [
      '-c',
      apt.config,
      '-o',
      `Dir::State::status=${status}`,
      'policy',
      'qemu-system-arm',
    ])
    const candidate = /Candidate: (\S+)/.exec(stdout)?.[1] ?? ''
    expect((await run('dpkg', ['--compare-versions', candidate, 'ge', '1:9.0'])).code).toBe(0)
  },
)

test('npm run test:rest alone installs what only its tests need', () => {
  const own = new Set(hostPackages.map(({ name }) => name))
  expect(testPackages.map(({ name }) => name)).toEqual(expect.arrayContaining(['tpm2-tools', 'haproxy', 'snmpd']))
  expect(testPackages.filter(({ name }) => own.has(name))).toEqual([])
})

test('on another system nothing is tried', async () => {
  const folder = temporary()
  writeFileSync(join(folder, 'os-release'), 'ID=fedora\n')
  await expect(installApt(folder, folder, join(folder, 'os-release'))).rejects.toMatchObject({ code: 'ToolMissing' })
})

test('what is missing is listed with its purpose, and why an old version will not do', () => {
  const old = { name: 'qemu-system-arm', why: 'the machine that boots', atLeast: '1:9.0', installed: '1:7.2' }
  expect(describe([{ name: 'bc', why: 'time constants' }, old])).toBe(
    '  bc               time constants\n  qemu-system-arm  the machine that boots (1:7.2 is installed, 1:9.0 is the oldest that will do)',
  )
})

test('an admin gets one command, fit to be pasted', () => {
  const apt = { folder: '/a b', config: '/a b/apt.conf' }
  expect(adminMessage(apt, ['bc', 'flex'])).toContain(
    "\n  sudo apt-get -c '/a b/apt.conf' install --yes --no-install-recommends bc flex\n",
  )
})

test.runIf(process.getuid?.() === 0)(
  'without root, set-up stops with that command and changes nothing',
  { timeout: 120_000 },
  () => {
    const home = temporary()
    chownSync(home, 65534, 65534)
    // A dpkg-query that knows no package: the state of a fresh machine.
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin', 'dpkg-query'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const main = fileURLToPath(new URL('../../setup/main.ts', import.meta.url))
    const as = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, main]
    const ran = spawnSync('setpriv', as, {
      env: { PATH: `${join(home, 'bin')}:/usr/bin:/usr/sbin:/bin:/sbin`, HOME: home },
      encoding: 'utf8',
    })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toMatch(/qemu-system-arm +the machine that boots/)
    const wanted = [...ran.stderr.matchAll(/^ {2}(\S+) {2,}/gm)].map(([, name]) => name)
    expect(wanted).toEqual(expect.arrayContaining(['qemu-system-arm', 'socat']))
    for (const { name } of testPackages) expect(wanted, 'npm start needs nothing of the tests').not.toContain(name)
    const command = /^ {2}sudo (apt-get .*)$/m.exec(ran.stderr)?.[1] ?? ''
    expect(command).toContain(' qemu-system-arm ')
    // The command is complete: apt understands it, and would find all packages.
    expect(spawnSync('sh', ['-c', `${command} --simulate`], { encoding: 'utf8' })).toMatchObject({ status: 0 })
  },
)
