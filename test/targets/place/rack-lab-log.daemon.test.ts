/** What the real daemons of the rack say of a boot on its boards, and what lab.* findings make of it; a kept board given back. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Finding } from '../../../domain/finding.ts'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import type { Inventory } from '../../../domain/lab/inventory.ts'
import { readLabLog } from '../../../domain/lab-log/read-lab-log.ts'
import { holdReason } from '../../../domain/lease/hold.ts'
import { judge } from '../../../domain/probes/registry.ts'
import { labFiles } from '../../../host/lab-files.ts'
import { placeStates, requestLease } from '../../../store/leases.ts'
import { openStore } from '../../../store/store.ts'
import { bootTarget } from '../../../targets/boot.ts'
import type { BootEnd } from '../../../targets/boot-order.ts'
import { fileKept } from '../../../targets/kept-files.ts'
import { labLog, labLogName } from '../../../targets/lab-log.ts'
import { openPlace } from '../../../targets/place/open-place.ts'
import type { OpenPlace } from '../../../targets/place/place.ts'
import type { TargetOrder } from '../../../targets/target-order.ts'
import { runHyplab } from '../../cli/run-hyplab.ts'
import { shownOf } from '../../domain/probes/showing.ts'
import { startRack, type Rack } from '../../rack/rack.ts'
import { tinyKernel } from '../../rack/tiny-kernel.ts'

vi.setConfig({ testTimeout: 3 * 60_000 })

const never = new AbortController().signal
let folder: string
let rack: Rack
let inventory: Inventory
let files: TargetOrder['files']
let attempts = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-rack-log-'))
  rack = await startRack({ folder })
  const parsed = parseLab(await readFile(rack.labFile, 'utf8'), rack.labFile, labFiles)
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('; '))
  inventory = parsed.lab
  files = { image: await tinyKernel(folder, 300_000), initrd: join(folder, 'initrd'), firmware: {} }
  await writeFile(files.initrd, randomBytes(70_001))
})
afterEach(() => rack.rail.behave('1', 'well'))
afterAll(async () => {
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Attempted {
  end: BootEnd | Error
  findings: Record<string, Finding>
}

/** Boots a kernel that says what it got and powers off, which no outlet sees: it ends as a silence. */
async function attempt(
  name: 'board-1' | 'board-2',
  breaks: { flashed?: () => Promise<void>; began?: () => Promise<void> } = {},
): Promise<Attempted> {
  const own = join(folder, `attempt-${++attempts}`)
  await mkdir(own)
  const note = labLog(own)
  const order = { inventory, place: inventory.places[name]!, folder: join(folder, 'labs'), attempt: `1.1.${attempts}` }
  const place = openPlace({ ...order, mayCommand: async () => undefined, note })
  try {
    const end = await boot(place, own, breaks).catch((error: Error) => error)
    const facts = readLabLog(await readFile(fileKept(own, labLogName)!, 'utf8'))
    const findings = judge(shownOf({ records: [], lab: { kind: 'board', facts } }), ['lab'])
    return { end, findings: Object.fromEntries(findings.map((finding) => [finding.id, finding])) }
  } finally {
    await place.clear(never).catch(() => undefined)
    await place.close()
  }
}

async function boot(
  place: OpenPlace,
  own: string,
  { flashed: broken, began }: Parameters<typeof attempt>[1] & object,
): Promise<BootEnd> {
  await place.off(never)
  const flashed = await place.flash(files, 'quiet', never)
  await broken?.()
  const claim = { folder: join(folder, 'claims', own.split('/').at(-1)!), fence: 1, owner: 'a test' }
  const order = {
    folder: own,
    limits: { silence: 12 },
    place: claim,
    files,
    cmdline: 'quiet',
  } as unknown as TargetOrder
  let told: Promise<void> | undefined
  const progress = (): void => void (told ??= began?.())
  return await bootTarget(order, place.powerUp(order, flashed), { progress }, never)
}

const outcomes = ({ findings }: Attempted) =>
  ['lab.power', 'lab.console', 'lab.flash', 'lab.first-byte'].map((id) => findings[id]!.outcome)
const texts = ({ findings }: Attempted, id: string) => findings[id]!.evidence.map(({ text }) => text)

test('behind SNMP and ser2net: read back on and off, both consoles, what U-Boot has in memory, the first byte', async () => {
  const done = await attempt('board-1')
  expect(outcomes(done)).toEqual(['pass', 'pass', 'pass', 'pass'])
  expect(texts(done, 'lab.power')).toEqual([
    'outlet 1 of snmp was told on and says on',
    'outlet 1 of snmp was told off and says off',
  ])
  expect(texts(done, 'lab.flash')).toEqual([
    expect.stringMatching(/^the boot loader loaded kernel and read it back: \d+ bytes, crc32 [0-9a-f]{8}/),
    expect.stringMatching(/^the boot loader loaded initrd and read it back: 70001 bytes, crc32 [0-9a-f]{8}/),
  ])
  expect(done.findings['lab.console']!.facts).toMatchObject({ consoles: 2, gaps: 0 })
})

test('behind pdudaemon, which cannot be asked, the first byte and the silence of conserver and tty show on and off', async () => {
  const done = await attempt('board-2')
  expect(outcomes(done)).toEqual(['pass', 'pass', 'pass', 'pass'])
  expect(texts(done, 'lab.power')).toEqual([
    'outlet 2 of pdud was told on and cannot be asked',
    expect.stringMatching(/^uart0 said the first byte /),
    'the board was told off and says off: Nothing was said for 1 s.',
  ])
})

test('a console server that dies is cited', async () => {
  const done = await attempt('board-1', { began: () => rack.parts.kill('ser2net') })
  await rack.parts.revive('ser2net')
  expect(done.end).toMatchObject({ host: { stop: 'lost', reason: done.findings['lab.console']!.sentence } })
  expect(outcomes(done)).toEqual(['pass', 'fail', 'unknown', 'pass'])
})

test('a file that the TFTP server does not have is cited in the words of U-Boot', async () => {
  const tftp = join(folder, 'tftp')
  const gone = async (): Promise<void> => {
    for (const name of await readdir(tftp)) await rm(join(tftp, name), { recursive: true })
  }
  const done = await attempt('board-1', { flashed: gone })
  expect(done.findings['lab.flash']).toMatchObject({
    outcome: 'fail',
    sentence: expect.stringMatching(/^The board could not load kernel because .*It said of `tftpboot /),
  })
  expect(done.end).toMatchObject({ host: { stop: 'lost', reason: done.findings['lab.flash']!.sentence } })
})

test('an outlet that refuses is cited with what the PDU says', async () => {
  const done = await attempt('board-1', { flashed: async () => rack.rail.behave('1', 'refuses') })
  expect(done.end).toBeInstanceOf(Error)
  expect(done.findings['lab.power']).toMatchObject({
    outcome: 'fail',
    sentence: `outlet 1 of snmp could not be switched on: ${(done.end as Error).message}`,
  })
})

test('a board that a run has kept is given back by its owner: off, as SNMP says, and free', async () => {
  const store = await openStore(join(folder, 'state'))
  try {
    const why = holdReason('1.1.1', 'linux/x')
    const holder = `reserved by ${userInfo().username}`
    await requestLease(store, { places: ['rack/board-1'], holder, why, forMs: 600_000 }, Date.now())
    await rack.boards['board-1'].set('on')
    const hyplab = (...args: string[]) => runHyplab(folder, args, { env: { HYPLAB_LAB: rack.labFile } })
    expect(await hyplab('place', 'board-1', 'status')).toMatchObject({ stdout: 'board-1 is on' })
    expect(await hyplab('release', 'board-1')).toMatchObject({
      code: 0,
      stderr: 'board-1 is switched off and given back.',
    })
    expect([rack.boards['board-1'].outlet, rack.boards['board-1'].runs]).toEqual(['off', false])
    expect(await placeStates(store)).toMatchObject([{ place: 'rack/board-1', lease: null }])
  } finally {
    await store.close()
  }
})
