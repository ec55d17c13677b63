import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { toHex } from '../../domain/bytes/bytes.ts'
import { bankNamed } from '../../domain/digest/bank.ts'
import { isViolation } from '../../domain/ima/measurement.ts'
import { parseImaAscii } from '../../domain/ima/parse-ascii.ts'
import { parseImaBinary } from '../../domain/ima/parse-binary.ts'
import { parseEventLog } from '../../domain/tcg/event-log.ts'
import { noAction } from '../../domain/tcg/event-types.ts'
import { parsePcrs } from '../../domain/tcg/pcr-text.ts'
import { replayEventLog } from '../../domain/tcg/replay.ts'
import { allocatedBanks, tpmAnswer } from '../../domain/tpm/answer.ts'
import { agileLog, hash, someEvents, text, type MadeEvent } from '../domain/tcg/logs.ts'
import { bootFile, ownBoots, pcrsOf } from './own-boots.ts'
import { softwareTpm, type SoftwareTpm } from './software-tpm.ts'

vi.setConfig({ testTimeout: 60_000 })

const allBanks = ['sha1', 'sha256', 'sha384', 'sha512'] as const

/** Extends one PCR with a digest for each bank, as `tpm2_pcrextend` has it. */
async function extend(tpm: SoftwareTpm, pcr: number, digests: [bank: string, digest: Uint8Array][]): Promise<void> {
  await tpm.tool('tpm2_pcrextend', `${pcr}:${digests.map(([bank, digest]) => `${bank}=${toHex(digest)}`).join(',')}`)
}

/** What the kernel listed for IMA, by bank, with what it extends for a violation. Not every boot has a list in each bank. */
function imaDigests(boot: string): [bank: string, digests: Uint8Array[]][] {
  const lists = [
    ['sha1', parseImaBinary(bootFile(boot, 'binary_runtime_measurements') ?? Buffer.alloc(0))],
    ['sha256', parseImaBinary(bootFile(boot, 'binary_runtime_measurements_sha256') ?? Buffer.alloc(0))],
    ['sha384', parseImaAscii(bootFile(boot, 'ascii_runtime_measurements_sha384')?.toString('latin1') ?? '')],
  ] as const
  const there = lists.filter(([, { entries }]) => entries.length > 0)
  return there.map(([bank, { entries }]) => [
    bank,
    entries.map((entry) =>
      isViolation(entry) ? new Uint8Array(bankNamed(bank)?.size ?? 0).fill(0xff) : entry.templateDigest,
    ),
  ])
}

describe.each(ownBoots)('a TPM that gets what the boot %s logged', (boot) => {
  it('has the PCRs that the kernel showed, by tpm2_pcrread', async () => {
    const tpm = await softwareTpm([...allBanks])
    const shown = pcrsOf(boot)
    const { events } = parseEventLog(bootFile(boot, 'binary_bios_measurements') ?? Buffer.alloc(0))
    for (const { pcr, type, digests } of events)
      if (type !== noAction)
        await extend(
          tpm,
          pcr,
          digests.map(({ bank, digest }) => [bank, digest]),
        )
    const lists = imaDigests(boot)
    for (const [bank, digests] of lists) for (const digest of digests) await extend(tpm, 10, [[bank, digest]])
    const read = parsePcrs(await tpm.tool('tpm2_pcrread'))
    const compared = [...shown].flatMap(([bank, values]) =>
      [...values]
        .filter(([pcr]) => pcr !== 10 || lists.some(([listed]) => listed === bank))
        .map(([pcr]) => ({ bank, pcr })),
    )
    expect(compared.length).toBeGreaterThan(9)
    for (const { bank, pcr } of compared)
      expect(toHex(read.get(bank)?.get(pcr) ?? new Uint8Array()), `${bank} ${pcr}`).toBe(
        toHex(shown.get(bank)?.get(pcr) ?? new Uint8Array()),
      )
  })
})

/** What a TPM was told, or answered, as swtpm logs it (swtpm(8), --log level=5). */
function loggedBytes(log: string, what: 'SWTPM_IO_Read' | 'SWTPM_IO_Write'): Buffer[] {
  const found = log.matchAll(new RegExp(`^ ${what}: length (\\d+)\\n((?: (?:[0-9A-F]{2} )+\\n)+)`, 'gm'))
  return [...found].map(([, length, hex = '']) => {
    const bytes = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
    expect(bytes).toHaveLength(Number(length))
    return bytes
  })
}

/** TPM_CC_GetRandom and TPM_CC_PCR_Extend (TPM 2.0 Library part 2, 6.5.2). */
const codes = { getRandom: 0x17b, extend: 0x182 }

const logged = ownBoots.filter((boot) => bootFile(boot, 'swtpm.log'))

it('there are logs of TPMs', () => expect(logged.length).toBeGreaterThan(1))

describe.each(logged)('a TPM that gets every command of the boot %s again', (boot) => {
  it('has, by tpm2_pcrread, the PCRs that our init read on the target', async () => {
    const shown = pcrsOf(boot)
    const tpm = await softwareTpm([...shown.keys()], { start: false })
    // CMD_INIT (tpm_ioctl.h): QEMU asks before it whether this is a TPM 2.0.
    const [, log = ''] =
      bootFile(boot, 'swtpm.log')
        ?.toString('latin1')
        .split(/^ Ctrl Cmd: length 8\n 00 00 00 02 /m) ?? []
    const answers = loggedBytes(log, 'SWTPM_IO_Write')
    let extended = 0
    for (const [n, command] of loggedBytes(log, 'SWTPM_IO_Read').entries()) {
      const answer = await tpm.send(command)
      const code = command.readUInt32BE(6)
      if (code === codes.extend) extended++
      if (code !== codes.getRandom) expect(answer, `command ${n}`).toEqual(answers[n])
    }
    expect(extended).toBeGreaterThan(25)
    const read = parsePcrs(await tpm.tool('tpm2_pcrread'))
    for (const [bank, values] of shown)
      for (const [pcr, value] of values)
        expect(toHex(read.get(bank)?.get(pcr) ?? new Uint8Array()), `${bank} ${pcr}`).toBe(toHex(value))
    expect(shown.get('sha256')?.size).toBe(11)
  })
})

describe('PCR 0 of a TPM that was started', () => {
  /** Extends all events but the first into a TPM and compares PCR 0 of each bank with our replay of the log. */
  async function compare(tpm: SoftwareTpm, logged: MadeEvent[], extended: MadeEvent[]): Promise<void> {
    for (const { pcr, data, measured = data } of extended)
      await extend(
        tpm,
        pcr,
        allBanks.map((bank) => [bank, hash(bank, measured)]),
      )
    const read = parsePcrs(await tpm.tool('tpm2_pcrread'))
    const replays = replayEventLog(parseEventLog(agileLog(logged, allBanks)))
    expect(replays.filter(({ pcr }) => pcr === 0)).toHaveLength(allBanks.length)
    for (const { bank, pcr, value } of replays)
      expect(toHex(read.get(bank)?.get(pcr) ?? new Uint8Array()), `${bank} ${pcr}`).toBe(toHex(value))
  }

  it.each([0, 3])('from locality %d is what we replay', async (locality) => {
    const told = { pcr: 0, type: noAction, data: text(`StartupLocality\0${String.fromCharCode(locality)}`) }
    await compare(
      await softwareTpm([...allBanks], { before: ['-l', String(locality)] }),
      [told, ...someEvents],
      someEvents,
    )
  })

  it('after an H-CRTM is what we replay: it starts with 4, as tpm2_eventlog of Debian 12 has it not', async () => {
    const measured = { pcr: 0, type: 0x80000010, data: text('HCRTM') }
    await compare(await softwareTpm([...allBanks], { before: ['-h', 'HCRTM'] }), [measured, ...someEvents], someEvents)
  })
})

describe('what our init asks a TPM', () => {
  it.each([['sha256'], ['sha1', 'sha384'], [...allBanks]].map((banks) => [banks]))(
    'is answered with the banks that tpm2_pcrread shows: %s',
    async (banks) => {
      const tpm = await softwareTpm(banks)
      const answer = tpmAnswer(toHex(await tpm.send(commandOf('TPM2_GetCapability(PCRS)'))))
      expect(answer?.code).toBe(0)
      const shown = [...parsePcrs(await tpm.tool('tpm2_pcrread')).keys()]
      expect(shown).toEqual(banks)
      expect(allocatedBanks(answer?.body ?? new Uint8Array())).toEqual(shown)
    },
  )

  it('gets random bytes, and an error for what is no command', async () => {
    const tpm = await softwareTpm(['sha256'])
    const answer = tpmAnswer(toHex(await tpm.send(commandOf('TPM2_GetRandom'))))
    expect(answer).toMatchObject({ code: 0 })
    expect(answer?.body).toHaveLength(18)
    // TPM_RC_COMMAND_CODE (TPM 2.0 Library part 2, 6.6.3).
    expect(tpmAnswer(toHex(await tpm.send(Buffer.from('80010000000a0000ffff', 'hex'))))?.code).toBe(0x143)
  })
})

/** A command as guest/init/tpm.c has it. */
function commandOf(name: string): Buffer {
  const source = readFileSync(join(import.meta.dirname, '../../guest/init/tpm.c'), 'utf8')
  const [, bytes = ''] = source.slice(source.indexOf(`"${name}"`)).match(/\{ ([0-9a-fx, ]+) \}/) ?? []
  return Buffer.from(bytes.split(', ').map(Number))
}
