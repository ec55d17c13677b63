import { expect, test } from 'vitest'
import type { ProcessIdentity } from '../../host/process-identity.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { awaitGone, identityOf } from './await-gone.ts'

test('both outputs and the code are collected, lines as they come', async () => {
  const lines: string[] = []
  const ran = await run('sh', ['-c', 'echo one; printf two; exit 3'], { onLine: (line) => lines.push(line) })
  expect(ran).toEqual({ code: 3, stdout: 'one\ntwo', stderr: '' })
  expect(lines).toEqual(['one', 'two'])
})

test('an abort kills the command with its children and throws the reason', async () => {
  const abort = new AbortController()
  const reason = new Error('enough')
  let child: ProcessIdentity | undefined
  const running = run('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
    signal: abort.signal,
    onLine(line) {
      child = identityOf(Number(line))
      abort.abort(reason)
    },
  })
  await expect(running).rejects.toBe(reason)
  if (!child) throw new Error('the command never said its child')
  // Killed it is, but a busy host may let it die a moment later.
  await awaitGone(child, 5)
})

test('what a failed command said is in the error', async () => {
  await expect(runOrThrow('sh', ['-c', 'echo no such luck >&2; exit 4'])).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringMatching(/^sh .* ended with code 4: no such luck$/),
  })
  await expect(runOrThrow('hyplab-no-such-command', [])).rejects.toMatchObject({ code: 'ToolMissing' })
  await expect(run('sh', ['-c', 'echo "x: No space left on device" >&2; exit 1'])).rejects.toMatchObject({
    code: 'DiskFull',
  })
})
