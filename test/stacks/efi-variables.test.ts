import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const partition = fileURLToPath(new URL('../../stacks/full/optee', import.meta.url))
const sanitized = { ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' }

const NON_VOLATILE = 1
const BOOT = 2
const RUNTIME = 4
const APPEND = 0x40
const usual = NON_VOLATILE | BOOT | RUNTIME

const error = (code: number) => (1n << 63n) | BigInt(code)
const [SUCCESS, INVALID, UNSUPPORTED, TOO_SMALL, PROTECTED, FULL, NOT_FOUND] = [0n, ...[2, 3, 5, 8, 9, 14].map(error)]

let folder: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-efi-'))
  program = join(folder, 'harness')
  const flags = ['-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined']
  const sources = ['efi-variable-service.c', 'efi-variable-store.c'].map((name) => join(partition, name))
  const include = [`-I${join(here, 'optee')}`, `-I${partition}`]
  await execa('gcc', [
    ...flags,
    '-fno-sanitize-recover=all',
    ...include,
    '-o',
    program,
    join(here, 'efi-variables-harness.c'),
    ...sources,
  ])
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

interface Access {
  name: string
  vendor?: number
  data?: string | Buffer
  room?: number
  attributes?: number
}

/** One power cycle of the service, which is asked one message after another. */
function service() {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...sanitized } })
  const ask = async (fn: number, request: Buffer) => {
    const message = Buffer.alloc(4 + 16 + request.length)
    message.writeUInt32LE(16 + request.length, 0)
    message.writeBigUInt64LE(BigInt(fn), 4)
    request.copy(message, 20)
    child.stdin.write(message)
    let answer = Buffer.alloc(0)
    while (answer.length < 4 || answer.length < 4 + answer.readUInt32LE(0)) {
      const chunk = child.stdout.read() as Buffer | null
      if (chunk === null) await once(child.stdout, 'readable')
      else answer = Buffer.concat([answer, chunk])
    }
    return { status: answer.readBigUInt64LE(12), body: answer.subarray(20) }
  }
  const access = ({ name, vendor = 1, data = '', room, attributes = usual }: Access) => {
    const bytes = Buffer.from(data)
    const ucs2 = Buffer.from(`${name}\0`, 'utf16le')
    const request = Buffer.alloc(36 + ucs2.length + Math.max(bytes.length, room ?? 0))
    request.fill(vendor, 0, 16)
    request.writeBigUInt64LE(BigInt(room ?? bytes.length), 16)
    request.writeBigUInt64LE(BigInt(ucs2.length), 24)
    request.writeUInt32LE(attributes, 32)
    ucs2.copy(request, 36)
    bytes.copy(request, 36 + ucs2.length)
    return request
  }
  const next = async (vendor: number, name: string, room = 100) => {
    const ucs2 = Buffer.from(`${name}\0`, 'utf16le')
    const request = Buffer.alloc(24 + Math.max(room, ucs2.length))
    request.fill(vendor, 0, 16)
    request.writeBigUInt64LE(BigInt(room), 16)
    ucs2.copy(request, 24)
    const { status, body } = await ask(2, request)
    const size = Number(body.readBigUInt64LE(16))
    return { status, size, vendor: body[0] ?? 0, name: body.subarray(24, 24 + size - 2).toString('utf16le') }
  }
  return {
    ask,
    access,
    next,
    set: async (given: Access) => (await ask(3, access(given))).status,
    get: async ({ room = 100, ...given }: Access) => {
      const { status, body } = await ask(1, access({ ...given, room }))
      const size = Number(body.readBigUInt64LE(16))
      const at = 36 + Number(body.readBigUInt64LE(24))
      return { status, size, attributes: body.readUInt32LE(32), data: body.subarray(at, at + size).toString('latin1') }
    },
    list: async () => {
      const names: string[] = []
      let at = { status: SUCCESS, vendor: 0, name: '' }
      for (;;) {
        at = await next(at.vendor, at.name)
        if (at.status !== SUCCESS) return names
        names.push(`${at.vendor}:${at.name}`)
      }
    },
    exitBootServices: async () => (await ask(6, Buffer.alloc(0))).status,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
      expect(child.exitCode).toBe(0)
    },
  }
}

test('a variable is written, read, changed, appended to, listed and deleted', async () => {
  await using efi = service()
  expect(await efi.set({ name: 'One', data: 'abc' })).toBe(SUCCESS)
  expect(await efi.set({ name: 'One', vendor: 2, data: 'other' })).toBe(SUCCESS)
  expect(await efi.get({ name: 'One' })).toEqual({ status: SUCCESS, size: 3, attributes: usual, data: 'abc' })
  expect(await efi.set({ name: 'One', data: 'longer' })).toBe(SUCCESS)
  expect(await efi.set({ name: 'One', data: '!', attributes: usual | APPEND })).toBe(SUCCESS)
  expect(await efi.get({ name: 'One' })).toMatchObject({ data: 'longer!' })
  expect(await efi.list()).toEqual(['2:One', '1:One'])
  expect(await efi.set({ name: 'One' })).toBe(SUCCESS)
  expect(await efi.get({ name: 'One' })).toMatchObject({ status: NOT_FOUND })
  expect(await efi.set({ name: 'One' })).toBe(NOT_FOUND)
  expect(await efi.list()).toEqual(['2:One'])
})

test('too little room is said with how much it takes', async () => {
  await using efi = service()
  await efi.set({ name: 'LongName', data: 'abc' })
  expect(await efi.get({ name: 'LongName', room: 2 })).toMatchObject({ status: TOO_SMALL, size: 3, attributes: usual })
  expect(await efi.next(0, '', 4)).toMatchObject({ status: TOO_SMALL, size: 18 })
  expect(await efi.next(1, 'Nobody')).toMatchObject({ status: INVALID })
})

test('at run time boot variables are hidden and kept, and only run-time ones can be written', async () => {
  await using efi = service()
  await efi.set({ name: 'Boot', data: 'b', attributes: NON_VOLATILE | BOOT })
  await efi.set({ name: 'Volatile', data: 'v', attributes: BOOT | RUNTIME })
  await efi.set({ name: 'Run', data: 'r' })
  expect(await efi.list()).toEqual(['1:Boot', '1:Volatile', '1:Run'])
  expect(await efi.exitBootServices()).toBe(SUCCESS)
  expect(await efi.list()).toEqual(['1:Volatile', '1:Run'])
  expect(await efi.get({ name: 'Boot' })).toMatchObject({ status: NOT_FOUND })
  expect(await efi.set({ name: 'Boot', data: 'mine' })).toBe(PROTECTED)
  expect(await efi.set({ name: 'Boot', attributes: 0 })).toBe(NOT_FOUND)
  expect(await efi.set({ name: 'Volatile', data: 'w' })).toBe(PROTECTED)
  expect(await efi.set({ name: 'New', data: 'n', attributes: NON_VOLATILE | BOOT })).toBe(INVALID)
  expect(await efi.set({ name: 'Run', data: 's' })).toBe(SUCCESS)
  expect(await efi.set({ name: 'Run', attributes: 0 })).toBe(SUCCESS)
})

test('what cannot be kept is refused', async () => {
  await using efi = service()
  expect(await efi.set({ name: '', data: 'x' })).toBe(INVALID)
  expect(await efi.set({ name: 'A\0B', data: 'x' })).toBe(INVALID)
  expect(await efi.set({ name: 'A'.repeat(512), data: 'x' })).toBe(INVALID)
  expect(await efi.set({ name: 'Signed', data: 'x', attributes: usual | 0x20 })).toBe(UNSUPPORTED)
  expect(await efi.set({ name: 'Odd', data: 'x', attributes: RUNTIME })).toBe(INVALID)
  await efi.set({ name: 'Kept', data: 'x' })
  expect(await efi.set({ name: 'Kept', data: 'y', attributes: BOOT })).toBe(INVALID)
  expect(await efi.set({ name: 'Big', data: Buffer.alloc(0x4000) })).toBe(FULL)
  const statuses = []
  for (let n = 0; n < 6; n++) statuses.push(await efi.set({ name: `Big${n}`, data: Buffer.alloc(0x3f00) }))
  expect(statuses).toEqual([SUCCESS, SUCCESS, SUCCESS, SUCCESS, FULL, FULL])
  expect(await efi.get({ name: 'Kept' })).toMatchObject({ status: SUCCESS, data: 'x' })
})

test('lengths that lie are refused', async () => {
  await using efi = service()
  const lie = async (fn: number, request: Buffer) => (await efi.ask(fn, request)).status
  for (const fn of [1, 2, 3, 4, 11]) expect(await lie(fn, Buffer.alloc(3))).toBe(INVALID)
  for (const [at, value] of [
    [16, 2n ** 64n - 1n],
    [16, 5n],
    [24, 2n ** 64n - 36n],
    [24, 3n],
    [24, 100n],
  ] as const) {
    const request = efi.access({ name: 'X', data: 'data' })
    request.writeBigUInt64LE(value, at)
    expect(await lie(3, request), `${value} at ${at}`).toBe(INVALID)
  }
  // A name that no terminator ends.
  expect(await lie(2, Buffer.alloc(24 + 50, 0x41))).toBe(INVALID)
  expect(await lie(99, Buffer.alloc(100))).toBe(UNSUPPORTED)
})

test.each([1, 2, 0x5eed])('50,000 messages that are nearly right do no harm, seed %i', async (seed) => {
  const { stdout } = await execa(program, [String(seed), '50000'], { env: sanitized })
  const counts = new Map(stdout.split('\n').map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]))
  // Every answer was given often enough to say that it was tried.
  for (const status of ['0', '2', '3', '5', '8', '9', '14', 'refused'])
    expect(counts.get(status), stdout).toBeGreaterThan(5)
})
