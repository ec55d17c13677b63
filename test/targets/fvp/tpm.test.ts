import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { findProcesses, type ProcessSeen } from '../../../host/process-identity.ts'
import { powerFvp } from '../../../targets/fvp/power.ts'
import { wireName } from '../../../targets/fvp/tpm.ts'
import { swtpmLog } from '../../../targets/swtpm.ts'
import { LocalLink } from './local-link.ts'
import { never, powerUp, script, standInOrder, TestClaim, type Step } from './stand-in.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllEnvs())

const bytes = (hex: string): number[] => [...Buffer.from(hex, 'hex')]
const startup = '80010000000c000001440000'
const getRandom = '80010000000c0000017b0008'
/** What OP-TEE does at its start, on the wire to the TPM, and what it hears is said on the first UART. */
const asks: Step[] = [
  { bytes: bytes(startup), on: 3 },
  { take: 10, on: 3 },
  { bytes: bytes(getRandom), on: 3 },
  { take: 20, on: 3 },
]
const tpm = { terminal: 'terminal_3', banks: ['sha256'] }

/** The TPMs of an attempt. */
const tpms = (folder: string): ProcessSeen[] =>
  findProcesses(({ commandLine }) => commandLine.startsWith('swtpm ') && commandLine.includes(folder))

test.each([
  ['this host', undefined],
  ['another', new LocalLink()],
])(
  'on %s, who speaks to the terminal of the TPM is answered by it, from the first instruction to the end',
  async (_, link) => {
    await script([...asks, { say: 'done' }, { end: 'off' }], 'no-client:lose', 'loads:1.5')
    const order = await standInOrder({ tpm })
    const { powered, claim, heard } = await powerUp(order, never, link)
    expect(powered.lines.map(({ name }) => name)).toEqual(['terminal_0', 'terminal_1'])
    await powered.go()
    expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
    await powered.askOff()
    const said = heard[0]!.text().split('\n')
    expect(said).toEqual([
      '80010000000a00000000',
      expect.stringMatching(/^800100000014000000000008[0-9a-f]{16}$/),
      'done',
    ])
    expect((await readFile(join(order.folder, 'kept', wireName))).toString('hex')).toBe(startup + getRandom)
    expect(await readFile(join(order.folder, 'kept', swtpmLog), 'utf8')).toContain(
      '80 01 00 00 00 0C 00 00 01 7B 00 08',
    )
    await claim.gone()
    expect(tpms(order.folder)).toEqual([])
  },
)

test('a TPM that is lost is the fault of the lab', async () => {
  await script([...asks, { say: 'ready' }, { end: 'sleep' }])
  const order = await standInOrder({ tpm })
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  await heard[0]!.says('ready')
  for (const { pid } of tpms(order.folder)) process.kill(pid, 'SIGKILL')
  expect(await powered.ended).toEqual({
    kind: 'lost',
    reason: expect.stringMatching(/^The TPM emulator swtpm ended before its machine did \(code 137\)/),
  })
  await powered.forceOff()
  await claim.gone()
})

test('without a TPM no model is started, and what swtpm_setup said is said', async () => {
  const order = await standInOrder({ tpm: { terminal: 'terminal_3', banks: ['sha255'] } })
  const claim = new TestClaim()
  await expect(powerFvp(order)(claim, never)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringMatching(/^swtpm_setup could not make a TPM \(code 1\): /),
  })
  expect([claim.processes(), tpms(order.folder)]).toEqual([[], []])
})

test('no TPM stays behind when its model does not come up', async () => {
  vi.stubEnv('FVP_STANDIN', 'no-license')
  const order = await standInOrder({ tpm })
  const claim = new TestClaim()
  await expect(powerFvp(order)(claim, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringContaining('terminal_3'),
  })
  await claim.gone()
  expect(tpms(order.folder)).toEqual([])
})
