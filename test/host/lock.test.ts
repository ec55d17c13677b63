import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock, tryLock, withLock } from '../../host/lock.ts'

let folder: string
let path: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-lock-'))
  path = join(folder, 'deep', 'a.lock')
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Another process that holds the lock and has a child of its own, as a build has. */
async function holder(): Promise<ChildProcess> {
  const script = `
    import { spawn } from 'node:child_process'
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, '../../host/lock.ts'))}
    await takeLock(${JSON.stringify(path)})
    const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true })
    child.once('spawn', () => console.log(child.pid))
    setInterval(() => {}, 1e6)
  `
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [pid] = (await once(child.stdout, 'data')) as [Buffer]
  grandchildren.push(Number(pid.toString()))
  return child
}

const grandchildren: number[] = []
afterEach(() => {
  for (const pid of grandchildren.splice(0)) process.kill(pid, 'SIGKILL')
})

test('two parts of one process exclude each other, in the order of their coming', async () => {
  const order: string[] = []
  const first = await takeLock(path)
  const second = withLock(path, { onWait: (pid) => order.push(`wait for ${pid}`) }, async () => {
    order.push('second')
    return 42
  })
  expect(await tryLock(path)).toBeUndefined()
  order.push('release')
  first.release()
  expect(await second).toBe(42)
  expect(order.filter((one) => one !== 'release')).toEqual([`wait for ${process.pid}`, 'second'])
  const again = await tryLock(path)
  expect(again).toBeDefined()
  again?.release()
  again?.release()
})

test('work that throws lets go of the lock', async () => {
  await expect(withLock(path, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const lock = await tryLock(path)
  expect(lock).toBeDefined()
  lock?.release()
})

test('kill -9 of the holder frees the lock at once, although its children live on', async () => {
  const other = await holder()
  expect(await tryLock(path)).toBeUndefined()
  const waitsFor = Promise.withResolvers<number | undefined>()
  const waiting = takeLock(path, { onWait: waitsFor.resolve })
  expect(await waitsFor.promise).toBe(other.pid)
  other.kill('SIGKILL')
  const lock = await waiting
  for (const pid of grandchildren) expect(() => process.kill(pid, 0)).not.toThrow()
  lock.release()
})

test('an abort ends the wait and leaves the lock with its holder', async () => {
  const lock = await takeLock(path)
  const controller = new AbortController()
  const waiting = takeLock(path, { signal: controller.signal, onWait: () => controller.abort(new Error('enough')) })
  await expect(waiting).rejects.toThrow('enough')
  expect(await tryLock(path)).toBeUndefined()
  lock.release()
  const free = await tryLock(path)
  expect(free).toBeDefined()
  free?.release()
})
