import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startGuarded, type GuardedProcess } from '../../../host/guarded-process.ts'
import { bareArguments, qemu } from '../../../targets/qemu/machine.ts'
import { Qmp, type QmpEvent } from '../../../targets/qemu/qmp.ts'

vi.setConfig({ testTimeout: 60_000 })

function start(command = qemu, args?: string[]): { qmp: Qmp; guarded: GuardedProcess } {
  const machine = ['-machine', 'virt', '-S', '-chardev', 'socket,id=qmp,fd=4', '-mon', 'chardev=qmp,mode=control']
  const guarded = startGuarded(command, args ?? [...bareArguments, ...machine], { channels: 1 })
  onTestFinished(() => guarded.kill('SIGKILL'))
  return { qmp: new Qmp(guarded.channels[0]!), guarded }
}

test('a command is answered, a wrong one is refused with QEMU’s own reason, and both may be under way at once', async () => {
  const { qmp } = start()
  await qmp.open(new AbortController().signal)
  const refused = qmp.execute('no-such-command')
  const status = qmp.execute('query-status')
  await expect(refused).rejects.toMatchObject({
    code: 'TargetBroken',
    retryable: false,
    message: 'QEMU refused the command no-such-command: The command no-such-command has not been found.',
  })
  await expect(status).resolves.toMatchObject({ running: false, status: 'prelaunch' })
})

test('arguments reach QEMU', async () => {
  const { qmp } = start()
  await qmp.open(new AbortController().signal)
  await expect(qmp.execute('qom-get', { path: '/machine', property: 'type' })).resolves.toBe('virt-10.0-machine')
})

test('events are told, also those between answers', async () => {
  const { qmp, guarded } = start()
  await qmp.open(new AbortController().signal)
  const events: QmpEvent[] = []
  qmp.onEvent((event) => events.push(event))
  await qmp.execute('cont')
  await qmp.execute('stop')
  await qmp.execute('quit')
  await guarded.ended
  expect(events.map(({ event }) => event)).toEqual(['RESUME', 'STOP', 'SHUTDOWN'])
  expect(events.at(-1)?.data).toEqual({ guest: false, reason: 'host-qmp-quit' })
})

test('commands that a QEMU can no longer answer fail, before and after it has gone', async () => {
  const { qmp, guarded } = start()
  await qmp.open(new AbortController().signal)
  const gone = { code: 'TargetBroken', retryable: true, message: expect.stringContaining('before it answered') }
  guarded.kill('SIGSTOP')
  const waiting = qmp.execute('query-status')
  guarded.kill('SIGKILL')
  await expect(waiting).rejects.toMatchObject(gone)
  await expect(qmp.execute('query-status')).rejects.toMatchObject(gone)
})

test('a QEMU that dies before its greeting is no endless wait', async () => {
  const { qmp } = start(qemu, ['-machine', 'no-such-machine', '-chardev', 'socket,id=qmp,fd=4'])
  await expect(qmp.open(new AbortController().signal)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringContaining('greeting'),
  })
})

test('what is not QMP closes the connection', async () => {
  const { qmp, guarded } = start('sh', ['-c', 'echo "HTTP/1.1 200 OK" >&4; read -r _ <&4'])
  const closed = once(guarded.channels[0]!, 'close')
  await expect(qmp.open(new AbortController().signal)).rejects.toMatchObject({ code: 'TargetBroken' })
  await closed
})

test('who was cancelled before QEMU greeted waits for no greeting', async () => {
  // Says nothing, and stays.
  const { qmp } = start('sleep', ['60'])
  await expect(qmp.open(AbortSignal.abort())).rejects.toMatchObject({ code: 'TargetBroken' })
})
