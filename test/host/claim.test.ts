import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createClaim, listClaims } from '../../host/claim-file.ts'
import { claimPlace, reapClaims } from '../../host/claim.ts'
import { seeProcess } from '../../host/process-identity.ts'
import { awaitGone, identityOf } from './await-gone.ts'
import { tempFolder } from './temp-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const module = join(import.meta.dirname, '../../host/claim.ts')
const stale = { name: 'LabError', code: 'StaleFence' }

async function places(): Promise<{ all: string; place: string }> {
  const all = await tempFolder()
  return { all, place: join(all, 'qemu-1') }
}

/** A process group of its own; its command line ends with `token`. */
function group(token = ''): ChildProcess & { pid: number } {
  const script = 'sleep 1000 & sleep 1000'
  const child = spawn('sh', ['-c', script, token], { detached: true, stdio: 'ignore' }) as ChildProcess & {
    pid: number
  }
  onTestFinished(() => {
    if (seeProcess(child.pid)) process.kill(-child.pid, 'SIGKILL')
  })
  return child
}

/** Another Node that claims a place, starts an unguarded group for it, and is then killed with -9. */
async function deadOwner(place: string, fence: number): Promise<number> {
  const source = `
    import { spawn } from 'node:child_process'
    import { claimPlace } from ${JSON.stringify(module)}
    const claim = await claimPlace(${JSON.stringify(place)}, ${fence}, 'dead owner')
    const { pid } = spawn('sh', ['-c', 'sleep 1000 & sleep 1000', claim.token], { detached: true, stdio: 'ignore' })
    claim.hold(pid)
    console.log(pid)
    setInterval(() => {}, 1000)
  `
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const node = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio })
  const [pid] = (await once(createInterface(node.stdout), 'line')) as [string]
  node.kill('SIGKILL')
  await once(node, 'exit')
  return Number(pid)
}

test('an older fence is refused while a newer one holds the place, and for ever after it was released', async () => {
  const { place } = await places()
  const claim = await claimPlace(place, 7, 'seven')
  await expect(claimPlace(place, 6, 'six')).rejects.toMatchObject({
    ...stale,
    message: expect.stringContaining('fence 7 of seven has it'),
  })
  claim.release()
  await expect(claimPlace(place, 6, 'six')).rejects.toMatchObject(stale)
  await expect(claimPlace(place, 8, 'eight')).resolves.toMatchObject({ fence: 8 })
})

test('the same fence again is refused while its owner lives and uses it', async () => {
  const { place } = await places()
  const claim = await claimPlace(place, 1, 'first')
  await expect(claimPlace(place, 1, 'second')).rejects.toMatchObject(stale)
  claim.release()
  claim.release()
  await expect(claimPlace(place, 1, 'second')).resolves.toMatchObject({ fence: 1 })
})

test('the same fence again is granted when its owner has died, and what it left is killed', async () => {
  const { place } = await places()
  const left = identityOf(await deadOwner(place, 3))
  await claimPlace(place, 3, 'retry')
  await awaitGone(left, 0)
})

test('a newer fence kills what the older one runs, and the older one cannot hold the place again', async () => {
  const { place } = await places()
  const older = await claimPlace(place, 1, 'older')
  const running = group(older.token)
  older.hold(running.pid)
  await claimPlace(place, 2, 'newer')
  expect(seeProcess(running.pid)).toBeUndefined()
  expect(() => older.hold(group(older.token).pid)).toThrow(expect.objectContaining(stale))
  older.release()
  expect(listClaims(place)).toEqual([{ fence: 2, turn: 0 }])
})

test('a stranger that got the pid of a dead group is left alone', async () => {
  const { place } = await places()
  const stranger = group()
  const holds = { pid: stranger.pid, start: identityOf(stranger.pid).start - 1 }
  await mkdir(place)
  const by = { pid: stranger.pid, start: 0 }
  createClaim(place, { fence: 1, turn: 0 }, { owner: 'old', by, token: 'hyplab-old-token', holds, released: false })
  await claimPlace(place, 2, 'new')
  expect(seeProcess(stranger.pid)).toBeDefined()
})

test('somebody who only looks for the token is left alone', async () => {
  const { place } = await places()
  const claim = await claimPlace(place, 1, 'old')
  const ours = group(claim.token)
  const looking = group(`grep ${claim.token}`)
  claim.hold(ours.pid)
  await claimPlace(place, 2, 'new')
  expect(seeProcess(ours.pid)).toBeUndefined()
  expect(seeProcess(looking.pid)).toBeDefined()
})

test('members of a group whose leader has died are known by the token', async () => {
  const { place } = await places()
  const claim = await claimPlace(place, 1, 'old')
  const script = 'sh -c "sleep 1000; true" "$0" & echo $!; read -r _'
  const leader = spawn('sh', ['-c', script, claim.token], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  const [line] = (await once(createInterface(leader.stdout), 'line')) as [string]
  claim.hold(leader.pid!)
  leader.kill('SIGKILL')
  await once(leader, 'exit')
  const member = identityOf(Number(line))
  await claimPlace(place, 2, 'new')
  await awaitGone(member, 0)
})

test('of many that claim at once only the newest can use the place', async () => {
  const { place } = await places()
  const fences = Array.from({ length: 20 }, (_, n) => (n * 7) % 20)
  const claims = await Promise.allSettled(fences.map((fence) => claimPlace(place, fence, `owner ${fence}`)))
  const granted = claims.filter((claim) => claim.status === 'fulfilled').map((claim) => claim.value)
  const usable = granted.filter((claim) => {
    try {
      claim.hold(process.pid + 1_000_000)
      return true
    } catch (error) {
      expect(error).toMatchObject(stale)
      return false
    }
  })
  expect(usable.map(({ fence }) => fence)).toEqual([19])
})

test('of many processes that claim the same fence at once one gets it', async () => {
  const { place } = await places()
  const source = `
    import { claimPlace } from ${JSON.stringify(module)}
    process.stdin.once('data', async () => {
      const won = await claimPlace(${JSON.stringify(place)}, 1, 'racer').then(() => 'won', (error) => error.code)
      console.log(won)
      process.stdin.once('end', () => process.exit())
    })
    console.log('ready')
  `
  const racers = Array.from({ length: 4 }, () => {
    const node = spawn(process.execPath, ['--input-type=module-typescript', '-e', source])
    return { node, lines: createInterface(node.stdout)[Symbol.asyncIterator]() }
  })
  await Promise.all(racers.map(({ lines }) => lines.next()))
  for (const { node } of racers) node.stdin.write('go\n')
  const results = await Promise.all(racers.map(async ({ lines }) => (await lines.next()).value as string))
  for (const { node } of racers) node.stdin.end()
  expect(results.toSorted()).toEqual(['StaleFence', 'StaleFence', 'StaleFence', 'won'])
})

test('at a worker’s start leftovers of dead owners are killed, and claims of live ones are not touched', async () => {
  const { all, place } = await places()
  const left = identityOf(await deadOwner(place, 4))
  const claim = await claimPlace(join(all, 'qemu-2'), 1, 'alive')
  const running = group(claim.token)
  claim.hold(running.pid)
  const reaped = await reapClaims(all)
  expect(reaped).toEqual([{ place: 'qemu-1', fence: 4, owner: 'dead owner', pids: expect.arrayContaining([left.pid]) }])
  await awaitGone(left, 0)
  expect(seeProcess(running.pid)).toBeDefined()
  expect(await reapClaims(all)).toEqual([])
  await expect(claimPlace(place, 3, 'older')).rejects.toMatchObject(stale)
})

test('where no place was ever used there is nothing to reap', async () => {
  const { all } = await places()
  expect(await reapClaims(join(all, 'nothing'))).toEqual([])
})

test('a claim that a power cut left empty still refuses older fences', async () => {
  const { all, place } = await places()
  await claimPlace(place, 5, 'lost')
  await writeFile(join(place, '5.0.claim'), '')
  expect(await reapClaims(all)).toEqual([])
  await expect(claimPlace(place, 4, 'older')).rejects.toMatchObject(stale)
  await expect(claimPlace(place, 5, 'again')).resolves.toMatchObject({ fence: 5 })
})

test('drafts of dead writers are removed, those of live ones stay', async () => {
  const { all, place } = await places()
  await claimPlace(place, 1, 'x')
  const dead = spawn('true')
  await once(dead, 'exit')
  await writeFile(join(place, `draft.${dead.pid}.a`), '')
  await writeFile(join(place, `draft.${process.pid}.b`), '')
  await reapClaims(all)
  expect((await readdir(place)).toSorted()).toEqual(['1.0.claim', `draft.${process.pid}.b`])
})

test('a fence that is no whole number is refused', async () => {
  const { place } = await places()
  await expect(claimPlace(place, 1.5, 'x')).rejects.toMatchObject({ code: 'BadInput' })
})
