import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { attachTpm, startModelTpm, wireName } from '../../targets/fvp/tpm.ts'
import { swtpmLog } from '../../targets/swtpm.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { buildTpmService, type TpmService } from './tpm-service.ts'

let service: TpmService
beforeAll(async () => {
  service = await buildTpmService(false, 'uart')
}, 60_000)
afterAll(() => service.remove())

const ok = '0xc4000070 0x80020000 0 0x5000001 0'
const nomem = '0xc4000070 0x80020000 0 0x8e00000b 0'
const start = (what: 'command' | 'locality', locality: number): string =>
  `call 64 0x8002 0 0xf000201 ${what === 'command' ? 0 : 1} ${locality}`
/** The lines that have a command run in a locality that nobody has yet. */
const run = (hex: string, locality: number, ...before: string[]): string[] => [
  `write ${locality} 8 1`,
  start('locality', locality),
  ...again(hex, locality, ...before),
]
const again = (hex: string, locality: number, ...before: string[]): string[] => [
  `command ${locality} ${hex}`,
  ...before,
  `write ${locality} 4c 1`,
  start('command', locality),
]
const getRandom = '80010000000c0000017b0008'

test('commands go over the wire in their locality, and the answer stands where they stood', async () => {
  const lines = [...run(getRandom, 3), 'answer 3 10', 'read 3 4c', 'sent']
  // Startup in locality 0 and this one in 3; the command that tells the locality is none of ours.
  expect((await service.tell(lines)).slice(-4)).toEqual([ok, '80010000000a00000000', '0', '2 3'])
})

test('without a TPM at the other end there is no service', async () => {
  expect(await service.tell([], { tpm: false })).toEqual(['no service'])
})

test.each([
  ['hears nothing', 'deaf', ok],
  ['never answers', 'silent', ok],
  ['answers less than a header', 'short', ok],
  ['answers more than there is room for', 'long', nomem],
])('a TPM that %s shows as a fatal error, until it works again', async (_, mood, status) => {
  const broken = run(getRandom, 0, `tpm ${mood}`)
  expect((await service.tell([...broken, 'read 0 44'])).slice(-2)).toEqual([status, '0x1'])
  const lines = [...broken, 'tpm well', ...again(getRandom, 0), 'read 0 44']
  expect((await service.tell(lines)).slice(-2)).toEqual([ok, '0'])
})

test('a locality that the TPM did not take is told to it again', async () => {
  const lines = [...run(getRandom, 2, 'tpm deaf'), 'tpm well', ...again(getRandom, 2), 'sent']
  expect((await service.tell(lines)).slice(-2)).toEqual([ok, '2 2'])
})

test('a real TPM at the other end, as a model has it, answers through the service', async () => {
  const folder = await tempFolder()
  const tpm = await startModelTpm(folder, ['sha256'], new AbortController().signal)
  onTestFinished(() => tpm.stop())
  const program = spawn(service.program, [], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, WIRE_FD: '3', ASAN_OPTIONS: 'detect_leaks=0' },
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  attachTpm(tpm, program.stdio[3] as Duplex, folder)
  const answers = createInterface({ input: program.stdout! })[Symbol.asyncIterator]()
  const tell = async (...lines: string[]): Promise<string[]> => {
    program.stdin!.write(lines.map((line) => `${line}\n`).join(''))
    const heard: string[] = []
    for (const _ of lines) heard.push(String((await answers.next()).value))
    return heard
  }
  // It says this when TPM2_Startup was answered.
  expect((await answers.next()).value).toBe('properties 0x101')

  // TPM2_GetRandom: the answer's header, and eight bytes of its own.
  const random = (await tell(...run(getRandom, 0), 'answer 0 20')).slice(-2)
  expect(random).toEqual([ok, expect.stringMatching(/^800100000014000000000008[0-9a-f]{16}$/)])

  // PCR 20 is for locality 3 alone (TCG PC Client Platform TPM Profile 1.05, 4.6.2): TPM2_PCR_Extend with SHA-256.
  const digest = '11'.repeat(32)
  const extend = `80020000004100000182000000140000000940000009000000000000000001000b${digest}`
  const refused = (await tell(...again(extend, 0), 'answer 0 10')).at(-1)
  expect(refused).toBe('80010000000a00000907')
  await tell('write 0 8 2', start('locality', 0))
  const taken = (await tell(...run(extend, 3), 'answer 3 10')).at(-1)
  expect(taken).toBe('80020000001300000000')

  program.stdin!.end()
  await once(program, 'close')
  // The TPM goes with the wire, and was not lost.
  expect(await tpm.swtpm.gone).toEqual({ code: 0 })
  const wire = await readFile(join(folder, 'kept', wireName))
  expect(wire.subarray(0, 12).toString('hex')).toBe('80010000000c000001440000')
  expect(wire.toString('hex')).toContain(extend)
  expect(await readFile(join(folder, 'kept', swtpmLog), 'utf8')).toContain('80 01 00 00 00 0C 00 00 01 44 00 00')
})
