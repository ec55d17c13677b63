import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSmcTrace, type SmcTracer } from '../../../builds/guest/smc-trace.ts'
import { functionName } from '../../../domain/smc/function-ids.ts'
import { readSmcTrace, type SmcTrace } from '../../../domain/smc/read-trace.ts'
import { foldersFrom } from '../../../host/folders.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { smcGuest } from './smc-guest.ts'

// The user's cache: QEMU's header is fetched once on a machine.
const build = (logFile: string): Promise<SmcTracer> =>
  buildSmcTrace({ folders: foldersFrom(), logFile, signal: AbortSignal.timeout(120_000) })

let tracer: SmcTracer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-smc-'))
  tracer = await build(join(folder, 'log'))
})
afterAll(() => rm(folder, { recursive: true }))

async function traceOf(options: string): Promise<SmcTrace> {
  const own = await tempFolder()
  const out = join(own, 'trace')
  const args = [...(await smcGuest(own)), '-plugin', `file=${tracer.path},out=${out}${options}`]
  await execa(qemu, args, { timeout: 30_000 })
  return readSmcTrace(await readFile(out))
}

test('calls are recorded with where they came from, where they went, and what came back', async () => {
  const { calls, groups, damage } = await traceOf('')
  expect(damage).toBeUndefined()
  expect(groups).toEqual(['ffa'])
  expect(
    calls.map(({ from, to, secure, request, response }) => [
      `EL${from}>EL${to}${secure ? ' secure' : ''}`,
      functionName(request[0] ?? 0n),
      response && [response[0], response[2]],
    ]),
  ).toEqual([
    ['EL1>EL3', 'FFA_VERSION', [0x10002n, 0n]],
    ['EL1>EL2', 'FFA_ID_GET', [0x84000061n, 7n]],
    ['EL2>EL3', 'FFA_ID_GET', [0x84000061n, 7n]],
    ['EL1>EL2', 'FFA_FEATURES', [0x84000060n, 2n ** 64n - 2n]],
    // The caller went on elsewhere.
    ['EL1>EL2', 'FFA_RUN', undefined],
    ['EL1>EL2', 'FFA_ID_GET', [0x84000061n, 7n]],
    ['EL2>EL3', 'FFA_ID_GET', [0x84000061n, 7n]],
  ])
  expect(calls[0]?.request.slice(0, 2)).toEqual([0x84000063n, 0x10002n])
})

test('a call that EL2 made for another lies within it in time', async () => {
  const { calls } = await traceOf('')
  const [, outer, inner] = calls
  expect(inner?.at).toBeGreaterThanOrEqual(outer?.at ?? Infinity)
  expect(inner?.returned).toBeLessThanOrEqual(outer?.returned ?? 0)
})

test('addresses are those of the SMC instructions', async () => {
  const { calls } = await traceOf('')
  const pcs = calls.map(({ pc }) => pc)
  expect(pcs.every((pc) => pc >= 0x40400000n && pc < 0x40401000n && pc % 4n === 0n)).toBe(true)
  expect(pcs[2]).toBe(pcs[6])
  expect(new Set(pcs).size).toBe(6)
})

test('PSCI and TRNG calls are recorded on request', async () => {
  const names = async (options: string) => {
    const { calls, groups } = await traceOf(options)
    return { groups, names: calls.map(({ from, request }) => `EL${from} ${functionName(request[0] ?? 0n)}`) }
  }
  const psci = await names(',psci=on')
  expect(psci.groups).toEqual(['ffa', 'psci'])
  expect(psci.names.filter((name) => name.endsWith('PSCI_VERSION'))).toEqual(['EL1 PSCI_VERSION', 'EL2 PSCI_VERSION'])
  expect(psci.names.some((name) => name.includes('TRNG'))).toBe(false)
  const both = await names(',psci=on,trng=on')
  expect(both.names.filter((name) => name.endsWith('TRNG_VERSION'))).toHaveLength(2)
})

test.each([
  ['', /say where to with out=FILE/],
  [',out=/no/such/folder/trace', /could not make the trace: No such file or directory/],
  [',out=trace,colour=red', /what is colour=red/],
])('QEMU does not start with the arguments "%s", and says why', async (options, sentence) => {
  const cwd = await tempFolder()
  const args = [...(await smcGuest(cwd)), '-plugin', `file=${tracer.path}${options}`]
  const { exitCode, stderr } = await execa(qemu, args, { reject: false, cwd, timeout: 30_000 })
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(sentence)
})

test('it is built once for what it is made of', async () => {
  const logFile = join(await tempFolder(), 'log')
  expect(await build(logFile)).toEqual(tracer)
  await expect(readFile(logFile)).rejects.toThrow('ENOENT')
})
