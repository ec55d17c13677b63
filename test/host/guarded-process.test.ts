import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'
import { findProcesses } from '../../host/process-identity.ts'
import { awaitGone, identityOf } from './await-gone.ts'
import { tempFolder } from './temp-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const module = join(import.meta.dirname, '../../host/guarded-process.ts')

async function firstLine(guarded: GuardedProcess): Promise<string> {
  const [chunk] = (await once(guarded.child.stdout!, 'data')) as [Buffer]
  return chunk.toString().split('\n')[0]!
}

test.each([
  ['its own exit code', 'exit 7', 7],
  ['success', 'true', 0],
  ['the signal that ended it', 'kill -USR1 $$', 128 + 10],
])('the end says %s', async (_, script, code) => {
  expect(await startGuarded('sh', ['-c', script]).ended).toEqual({ code })
})

test('a command that does not exist ends with 127', async () => {
  expect(await startGuarded('hyplab-no-such-command', []).ended).toEqual({ code: 127 })
})

test('a working folder that does not exist ends with 127', async () => {
  expect(await startGuarded('true', [], { cwd: '/hyplab-no-such-folder' }).ended).toEqual({ code: 127 })
})

test('arguments reach the command as they are', async () => {
  const guarded = startGuarded('printf', ['%s|', 'a b', '', "it's", '$HOME', '*'])
  const [chunk] = (await once(guarded.child.stdout!, 'data')) as [Buffer]
  expect(chunk.toString()).toBe("a b||it's|$HOME|*|")
})

test('output goes to the log file', async () => {
  const logFile = join(await tempFolder(), 'log')
  await startGuarded('sh', ['-c', 'echo out; echo err >&2'], { logFile }).ended
  expect(await readFile(logFile, 'utf8')).toBe('out\nerr\n')
})

test('what the command leaves in the background dies with it', async () => {
  const guarded = startGuarded('sh', ['-c', 'sleep 1000 & echo $!; read -r _ <&4'], { channels: 1 })
  const left = identityOf(Number(await firstLine(guarded)))
  guarded.channels[0]!.write('\n')
  expect(await guarded.ended).toEqual({ code: 0 })
  await awaitGone(left, 5)
})

test('a command may take its time after a signal and tell its own code', async () => {
  const script = 'trap "sleep 0.2; exit 3" TERM; echo ready; while :; do sleep 0.05; done'
  const guarded = startGuarded('sh', ['-c', script])
  await firstLine(guarded)
  guarded.kill()
  expect(await guarded.ended).toEqual({ code: 3 })
})

test('SIGKILL ends the whole tree', async () => {
  const guarded = startGuarded('sh', ['-c', 'sh -c "sleep 1000; true" & echo $!; wait'])
  const grandchild = identityOf(Number(await firstLine(guarded)))
  guarded.kill('SIGKILL')
  expect(await guarded.ended).toEqual({ code: 137 })
  await awaitGone(grandchild, 5)
})

test('a signal after the end reaches nobody', async () => {
  const guarded = startGuarded('true', [])
  await guarded.ended
  expect(() => guarded.kill('SIGKILL')).not.toThrow()
})

test('channels carry bytes both ways, and one that the command closes is closed while the command lives', async () => {
  const guarded = startGuarded('sh', ['-c', 'head -c 3 <&5 >&4; exec 4>&-; read -r _ <&5'], { channels: 2 })
  const [first, second] = guarded.channels
  const got: Buffer[] = []
  first!.on('data', (chunk: Buffer) => got.push(chunk))
  second!.write(Buffer.from([0, 255, 10]))
  await once(first!, 'close')
  expect(Buffer.concat(got)).toEqual(Buffer.from([0, 255, 10]))
  second!.write('\n')
  expect(await guarded.ended).toEqual({ code: 0 })
})

test('more channels than there are are refused', () => {
  expect(() => startGuarded('true', [], { channels: 7 })).toThrow(RangeError)
})

/** Starts another Node that guards a tree of processes; returns its pid and those that it guards. */
async function owner(
  script: string,
): Promise<{ pid: number; kill: (signal: NodeJS.Signals) => void; guarded: number[] }> {
  const source = `
    import { startGuarded } from ${JSON.stringify(module)}
    const { pgid, child } = startGuarded('sh', ['-c', ${JSON.stringify(script)}])
    child.stdout.on('data', (line) => console.log(pgid, line.toString().trim()))
  `
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const node = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio })
  const [line] = (await once(createInterface(node.stdout), 'line')) as [string]
  return { pid: node.pid!, kill: (signal) => void node.kill(signal), guarded: line.split(' ').map(Number) }
}

test('kill -9 of the owner takes the guard and the whole tree with it', async () => {
  const { kill, guarded } = await owner('sh -c "sleep 1000; true" & echo $$ $!; wait')
  const tree = guarded.map(identityOf)
  expect(tree).toHaveLength(3)
  kill('SIGKILL')
  await Promise.all(tree.map((one) => awaitGone(one, 5)))
})

test('a command that ignores SIGTERM is still guarded after it got one', async () => {
  const { kill, guarded } = await owner('trap "" TERM; echo $$; while :; do sleep 1; done')
  const [guard, command] = guarded.map(identityOf)
  process.kill(-guard!.pid, 'SIGTERM')
  kill('SIGKILL')
  await awaitGone(command!, 5)
  await awaitGone(guard!, 5)
})

test('two commands speak to each other by a socket that is handed on, and one that goes hangs up on the other', async () => {
  const one = startGuarded('sh', ['-c', 'echo hello >&4; read -r answer <&4; echo "$answer"; cat <&4; echo over'], {
    channels: 1,
  })
  const other = startGuarded(
    'sh',
    ['-c', 'until read -r word <&5; do sleep 0.01; done; echo "heard $word" >&5; echo "$word" >&4'],
    {
      channels: 1,
      inherit: one.channels,
    },
  )
  expect(other.channels).toHaveLength(1)
  const [heard] = (await once(other.channels[0]!, 'data')) as [Buffer]
  expect(heard.toString()).toBe('hello\n')
  const said = text(one.child.stdout!)
  expect(await other.ended).toEqual({ code: 0 })
  expect(await one.ended).toEqual({ code: 0 })
  expect(await said).toBe('heard hello\nover\n')
  expect(one.channels[0]!.destroyed).toBe(true)
})

/** The guard, and the watcher that it started: the two processes without which a command could outlive us. */
function guardsOf({ pgid }: GuardedProcess): { guard: number; watcher: number } {
  const members = findProcesses((seen) => seen.pgid === pgid && seen.commandLine.includes('trap'))
  return { guard: pgid, watcher: members.find(({ pid }) => pid !== pgid)!.pid }
}

test.each(['guard', 'watcher'] as const)('half a guard is none: killing the %s ends the command', async (half) => {
  const guarded = startGuarded('sh', ['-c', 'echo $$; while :; do sleep 0.05; done'])
  const command = identityOf(Number(await firstLine(guarded)))
  process.kill(guardsOf(guarded)[half], 'SIGKILL')
  expect(await guarded.ended).toEqual({ code: 137 })
  await awaitGone(command, 5)
  // What it had started is killed with it, and is seen for the moment that a process takes to die.
  await vi.waitFor(() => expect(findProcesses((seen) => seen.pgid === guarded.pgid)).toEqual([]), 5_000)
})
