/** `hyplab reproduce`, pasted into a shell: the same bug, or its absence, without hyplab. */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { cellOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { firstLook } from './plans.ts'

const lab = useLab('reproduce')
let document: RunDocument
beforeAll(async () => {
  document = await lab.json<RunDocument>('run', firstLook)
  expect(document.run.exitCode).toBe(0)
})

/** Boots an attempt of the cell by hand. @returns what the first UART said */
async function byHand(axes: Record<string, string>): Promise<string> {
  const { code, stdout: command } = await lab.hyplab('reproduce', cellOf(document, axes).attempts[0]!.id)
  expect(code).toBe(0)
  expect(command.trimEnd()).not.toContain('\n')
  const { stdout, exitCode } = await execa('sh', ['-c', command], {
    cwd: await mkdtemp(join(lab.state, 'by-hand-')),
    stdin: 'ignore',
    reject: false,
  })
  expect(exitCode).toBe(0)
  return stdout
}

/** The calls that the findings rest on, as the probe module prints them with their answers. */
function callsIn(said: string): string[] {
  const lines = said.matchAll(
    /hyplab-ffa-probe: (FFA_ID_GET|FFA_FEATURES \(DIRECT_REQ\)|FFA_PARTITION_INFO_GET) x0.* -> (.*?) x0=/g,
  )
  return [...lines].map(([, name, status]) => `${name} ${status}`)
}

const called = ['FFA_ID_GET', 'FFA_FEATURES (DIRECT_REQ)', 'FFA_PARTITION_INFO_GET']
const refused = called.map((name) => `${name} INVALID_PARAMETERS (-22)`)
const answered = called.map((name) => `${name} SUCCESS (0)`)

// Most of each is init's wait for a host that never answers, so that they cost little beside each other.
describe.concurrent('an attempt made again by hand', () => {
  it('shows the bug where the driver is built in, below a log that looks healthy', async () => {
    const said = await byHand({ config: 'ffa=y', mode: 'protected' })
    expect(said).toMatch(/ARM FF-A: Firmware version 1\.2 found/)
    expect(said).toMatch(/Protected hVHE mode initialized successfully/)
    expect(callsIn(said)).toEqual(refused)
    expect(said).toMatch(/reboot: Power down/)
  })

  it('shows its absence where the driver is a module', async () => {
    const said = await byHand({ config: 'ffa=m' })
    expect(said).toMatch(/Protected hVHE mode initialized successfully/)
    expect(callsIn(said)).toEqual(answered)
  })

  it('shows its absence without pKVM', async () => {
    expect(callsIn(await byHand({ mode: 'nvhe' }))).toEqual(answered)
  })
})
