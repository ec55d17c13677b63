/** Ctrl-C in a real process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'

/** A process that does `first` on the first Ctrl-C; it says `ready` when it can be interrupted. */
function interruptible(first: string, then = ''): ChildProcess {
  const code = `
    import { onInterrupt } from ${JSON.stringify(new URL('../../cli/interrupt.ts', import.meta.url).href)}
    const stay = setInterval(() => {}, 1000)
    const release = onInterrupt(${first})
    ${then}
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Sends a signal each time the process says a line, as often as there are signals. @returns its lines and how it ended */
async function interrupted(child: ChildProcess, ...signals: NodeJS.Signals[]) {
  const lines: string[] = []
  let errors = ''
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    const signal = signals.shift()
    if (signal) child.kill(signal)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { lines, errors, code, signal }
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s does what was asked, and the process ends by itself',
  async (signal) => {
    const child = interruptible(`() => { console.log('cancelling'); clearInterval(stay); process.exitCode = 7 }`)
    expect(await interrupted(child, signal)).toMatchObject({ lines: ['ready', 'cancelling'], code: 7 })
  },
)

it('the second one leaves at once', async () => {
  const child = interruptible(`() => { console.log('cancelling'); return new Promise(() => {}) }`)
  expect(await interrupted(child, 'SIGINT', 'SIGINT')).toMatchObject({ lines: ['ready', 'cancelling'], code: 130 })
})

it('leaves with a sentence when what was asked cannot be done', async () => {
  const child = interruptible(`async () => { throw new Error('the server is gone') }`)
  expect(await interrupted(child, 'SIGINT')).toMatchObject({ errors: 'hyplab: the server is gone\n', code: 130 })
})

it('is what it was before when the handler is taken away', async () => {
  const child = interruptible(`() => console.log('never')`, 'release()')
  expect(await interrupted(child, 'SIGINT')).toMatchObject({ lines: ['ready'], signal: 'SIGINT' })
})
