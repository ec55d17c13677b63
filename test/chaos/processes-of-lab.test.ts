/** Which process a victim is, by how the processes of a lab look, and which machines are in each other's way. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seeProcess, type ProcessSeen } from '../../host/process-identity.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import { awaited } from '../e2e/processes.ts'
import { sharedPlaces } from './place-watch.ts'
import { choose, faultsOfService, signalAll } from './processes-of-lab.ts'

const lines = {
  service: '/x/node /c/worker/service.ts until-down ',
  worker: '/x/node /c/worker/main.ts 127.0.0.1:7 hyplab ',
  serverGuard: '/bin/sh -c \ntrap\n guard /x/temporal server start-dev --ip=127.0.0.1 ',
  server: '/x/temporal server start-dev --ip=127.0.0.1 ',
  qemuGuard: '/bin/sh -c \ntrap\n guard qemu-system-aarch64 -name hyplab-1 ',
  qemu: 'qemu-system-aarch64 -name hyplab-1 ',
  swtpmGuard: '/bin/sh -c \ntrap\n guard swtpm socket --tpm2 ',
  swtpm: 'swtpm socket --tpm2 ',
  cli: '/x/node /c/cli/main.ts run plan.yaml ',
}
const seen = Object.values(lines).map((commandLine, n): ProcessSeen => ({ pid: n + 1, start: 1, pgid: 1, commandLine }))
const commandLines = (found: ProcessSeen[] | undefined) => found?.map(({ commandLine }) => commandLine)

describe('a victim', () => {
  it.each(['service', 'worker', 'server', 'qemu', 'swtpm'] as const)(
    '%s is one process and not its guard',
    (victim) => {
      for (const pick of [0, 0.5, 1]) expect(commandLines(choose(seen, victim, 9, pick))).toEqual([lines[victim]])
    },
  )

  it('guard is any of the guards', () => {
    const picked = [0, 0.5, 1].flatMap((pick) => commandLines(choose(seen, 'guard', 9, pick)))
    expect(picked).toEqual([lines.serverGuard, lines.qemuGuard, lines.swtpmGuard])
  })

  it('cli is the command that was started', () => {
    expect(commandLines(choose(seen, 'cli', 9, 0))).toEqual([lines.cli])
    expect(choose(seen, 'cli', 99, 0)).toBeUndefined()
    expect(choose(seen, 'cli', undefined, 0)).toBeUndefined()
  })

  it('of two processes is there when both are', () => {
    expect(commandLines(choose(seen, 'worker and server', 9, 0))).toEqual([lines.worker, lines.server])
    expect(choose(seen.slice(2), 'worker and server', 9, 0)).toBeUndefined()
  })

  it('guard looks as a real one does, shell and watcher', async () => {
    const guarded = startGuarded('sleep', ['60'])
    const real = await awaited('the watcher', 10, () => {
      const group = membersOf(guarded.pgid)
      return group.length === 3 ? group : undefined
    })
    expect(choose(real, 'guard', undefined, 0)?.[0]?.pid).toBe(guarded.pgid)
    expect(choose(real, 'guard', undefined, 1)?.[0]?.pid).not.toBe(guarded.pgid)
    guarded.kill('SIGKILL')
    await guarded.ended
  })
})

describe('a service that has nothing to do', () => {
  const process = (pid: number, pgid: number, commandLine: string): ProcessSeen => ({
    pid,
    start: 1,
    pgid,
    commandLine,
  })
  const service = process(10, 10, lines.service)
  const worker = process(11, 10, lines.worker)
  const server = process(14, 12, lines.server)
  const [shell, watcher] = [process(12, 12, lines.serverGuard), process(13, 12, lines.serverGuard)]

  it('is one service, one worker, one server and its guard', () => {
    expect(faultsOfService([service, worker, shell, watcher, server])).toEqual([])
  })

  it('lacks what is not there and has too much of what is there twice', () => {
    expect(faultsOfService([worker, process(15, 15, lines.worker), shell, watcher, server])).toEqual([
      '0 processes are the service: ',
      '2 processes are the worker: 11 15',
    ])
  })

  it('has lost what guards its server, or a server that was guarded', () => {
    expect(faultsOfService([service, worker, watcher, server])).toEqual([
      'the server 14 has 1 of 2 processes of its guard 12',
    ])
    const other = [process(22, 22, lines.qemuGuard), process(23, 22, lines.qemuGuard)]
    expect(faultsOfService([service, worker, shell, watcher, server, ...other])).toEqual(['guard 22 guards nothing'])
  })
})

it('a signal reaches the very process, and no later one with its number', async () => {
  const child = spawn('sleep', ['60'])
  const real = await awaited('it runs', 10, () => seeProcess(child.pid!))
  signalAll([{ ...real, start: real.start - 1 }], 'SIGKILL')
  expect(stateOf(real.pid)).not.toMatch(/[ZX]/)
  signalAll([real], 'SIGSTOP')
  await awaited('it stands still', 10, () => (stateOf(real.pid) === 'T' ? true : undefined))
  signalAll([real], 'SIGKILL')
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})

describe('machines', () => {
  const machine = (state: string, attempt: string): string =>
    `qemu-system-aarch64 -name hyplab-1 -chardev pipe,id=uart0,path=${state}/attempts/${attempt}/consoles/uart0 `

  it('of one cell that run at once are told', () => {
    const shared = sharedPlaces([machine('/s/lab-0001', '4.1.1'), machine('/s/lab-0001', '4.1.2'), lines.server])
    expect([...shared]).toEqual([['/s/lab-0001', ['machines of 4.1.1 and 4.1.2 ran at once']]])
  })

  it('of two cells, or of two labs, are none of them', () => {
    const apart = [machine('/s/lab-0001', '4.1.1'), machine('/s/lab-0001', '4.2.1'), machine('/s/lab-0002', '4.1.1')]
    expect([...sharedPlaces(apart)]).toEqual([])
    // Its guard has the machine's command line behind its own.
    expect([...sharedPlaces([apart[0]!, `/bin/sh -c trap guard ${machine('/s/lab-0001', '4.1.2')}`])]).toEqual([])
  })
})

function membersOf(group: number): ProcessSeen[] {
  const children = readFileSync(`/proc/${group}/task/${group}/children`, 'utf8').trim().split(' ').map(Number)
  return [group, ...children].map(seeProcess).filter((one) => one !== undefined)
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2)[0]!
}
