/** `hyplab lab` on the real command line. */
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { labJsonSchema } from '../../domain/lab/file/schema.ts'
import { change, goodLab } from '../domain/lab/labs.ts'
import { tempFolder } from '../host/temp-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const hyplab = async (cwd: string, ...args: string[]) => await run(cwd, args)

async function run(cwd: string, args: string[], lab?: string) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { HYPLAB_STATE: join(cwd, 'state'), NO_COLOR: '1', FORCE_COLOR: undefined, HYPLAB_LAB: lab },
  })
  return { code: exitCode, stdout, stderr }
}

/** A folder with this text as its lab.yaml. */
async function folderWith(text: string): Promise<string> {
  const folder = await tempFolder()
  await writeFile(join(folder, 'lab.yaml'), text)
  return folder
}

describe('hyplab lab check --dry-run', () => {
  it('prints what a lab without mistakes names, and no secret but where it is', async () => {
    const folder = await folderWith(goodLab)
    const { code, stdout, stderr } = await hyplab(folder, 'lab', 'check', 'lab.yaml', '--dry-run')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "lab.yaml: fine, 7 places on 3 hosts

      hosts
        here   this machine
        gate   lab@gate.lab:22
        bench  lab@bench.lab:2222 through gate

      PDUs
        pdu1    SNMP 2c at 10.0.0.5:161, apc
        pdu3    SNMP 3 at 10.0.0.6:1161, a profile of its own
        plug    HTTP at http://10.0.0.7, tasmota
        relay   HTTP at https://relay.lab, a profile of its own
        daemon  rack of pdudaemon at http://localhost:16421
        script  a command on bench

      classes
        rk3588     board  U-Boot                 first byte within 10 s
        pi         board  starts by itself       first byte within 30 s
        qemu       board  U-Boot                 first byte within 30 s
        base-revc  fvp    FVP_Base_RevC-2xAEMvA  first byte within 30 s

      places
        rock-1   rk3588     bench  tpm, pcie  pdu1 outlet 3; uart0 telnet localhost:2001 via bench (EL3, NS); uart1 raw [fe80::1]:2002 (S-EL1); records conserver rock-1-b at conserver.lab:3109; TFTP from /srv/tftp of bench
        pi-1     pi         bench             pdu3 outlet 1.2; uart0 /dev/ttyUSB0 of bench (NS); medium /dev/disk/by-id/sd of bench
        pi-2     pi         here              plug outlet 1; uart0 /dev/ttyS0 (NS); medium /dev/sdb of gate
        virt-1   qemu       here              relay outlet 1; uart0 a command on here (EL3, S-EL1, NS); fastboot udp:127.0.0.1 from here
        virt-2   qemu       here              daemon outlet 2; uart0 raw bench.lab:2003 via gate (NS); flashed by a command on here
        virt-3   qemu       here              script outlet 2; uart0 raw bench.lab:2004 via gate (NS); flashed by a command on here
        model-1  base-revc  bench"
    `)
  })

  it('prints the lab as data', async () => {
    const folder = await folderWith(goodLab)
    const { code, stdout } = await hyplab(folder, '--json', 'lab', 'check', 'lab.yaml', '--dry-run')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      name: 'lab',
      file: join(folder, 'lab.yaml'),
      hosts: { bench: { at: 'lab.yaml:4:3', ssh: { key: { file: join(homedir(), '.ssh/lab') } } } },
      pdus: { pdu3: { access: { auth: { key: { file: join(folder, 'secrets/auth') } } } } },
      places: { 'model-1': { class: 'base-revc' } },
    })
  })

  it('refuses a file with mistakes, all of them at once, each where editors look for it', async () => {
    const folder = await folderWith(
      change('{ env: PDU_COMMUNITY }', 'geheim').replace('jump: gate', 'jump: gat').replace('pdu: pdu1,', 'pdu: pdu2,'),
    )
    expect(await hyplab(folder, 'lab', 'check', './lab.yaml')).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        './lab.yaml:11:13: there is no host "gat"; did you mean "gate"?',
        './lab.yaml:14:56: pdus.pdu1.snmp.community is a secret in plain text; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }',
        './lab.yaml:59:19: there is no PDU "pdu2"; did you mean "pdu1"?',
      ].join('\n'),
    })
  })

  it('checks the file that HYPLAB_LAB names when none is given, and asks for one otherwise', async () => {
    const folder = await folderWith(goodLab)
    const checked = await run(folder, ['lab', 'check', '--dry-run'], 'lab.yaml')
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^lab\.yaml: fine/) })
    expect(await hyplab(folder, 'lab', 'check')).toMatchObject({
      code: 2,
      stderr: "hyplab: there is nothing to check: name the lab's file behind lab check, or in HYPLAB_LAB.",
    })
  })

  it('says so when there is no such file', async () => {
    const folder = await tempFolder()
    expect(await hyplab(folder, 'lab', 'check', 'labs/rck.yaml')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'hyplab: labs/rck.yaml cannot be read, for there is no such file: name a lab that is there; docs/running-a-lab.md has one to begin with.',
    })
  })
})

it('hyplab lab schema prints the schema that editors use', async () => {
  const { code, stdout, stderr } = await hyplab(root, 'lab', 'schema')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual(labJsonSchema())
})

describe('hyplab lab import labgrid', () => {
  const fixture = (name: string): string => join(root, 'test/fixtures/labgrid', name)

  it('prints a file that hyplab lab check accepts', async () => {
    const files = [fixture('exporter.yaml'), fixture('environment.yaml')]
    const made = await hyplab(root, 'lab', 'import', 'labgrid', ...files)
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' })
    const folder = await folderWith(made.stdout)
    const checked = await hyplab(folder, 'lab', 'check', 'lab.yaml', '--dry-run')
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(checked.stdout).toMatch(/^lab\.yaml: fine, 7 places on 1 host\n/)
  })

  it('says when nothing became a place, and why in the comments', async () => {
    const folder = await folderWith('a:\n  NetworkService: { address: a, username: root, password: geheim }\n')
    const { code, stdout, stderr } = await hyplab(folder, 'lab', 'import', 'labgrid', 'lab.yaml')
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(/^hyplab: Nothing in lab\.yaml/) })
    expect(stdout).toContain('# a of lab.yaml\n#   Not taken over: NetworkService')
    expect(stdout).not.toContain('geheim')
  })

  it('refuses a file that is none of labgrid', async () => {
    const folder = await folderWith('- no\n')
    expect(await hyplab(folder, 'lab', 'import', 'labgrid', 'lab.yaml')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'lab.yaml:1:1: this is no file of labgrid; it would be groups of resources, or targets',
    })
  })
})

it.each([['--dry-run'], ['--detach']])('hyplab run %s says at once which classes a lab has', async (flag) => {
  const folder = await folderWith(goodLab)
  const plan = join(root, 'plans/rack.yaml')
  const { code, stderr } = await hyplab(folder, 'run', plan, flag, '--lab', 'lab.yaml')
  expect({ code, first: stderr.split('\n')[0] }).toEqual({
    code: 2,
    first: expect.stringMatching(
      /^\S+plans\/rack\.yaml:\d+:\d+: The lab lab has no class "virt"; of kind board it has rk3588, pi, qemu\.$/,
    ),
  })
})
