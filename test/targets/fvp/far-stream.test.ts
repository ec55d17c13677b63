import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { FarStream } from '../../../targets/fvp/far-stream.ts'

/** A channel as ssh2 makes them: it tells of its close when the host has closed it, and not because it was destroyed. */
class Channel extends Duplex {
  readonly written: string[] = []
  paused = 0

  constructor() {
    super({ emitClose: false, highWaterMark: 1024 })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.written.push(chunk.toString())
    done()
  }

  override pause(): this {
    this.paused++
    return super.pause()
  }

  override destroy(): this {
    return this
  }
}

test('all bytes come, also to a reader who is slower than the host', async () => {
  const channel = new Channel()
  const far = new FarStream(channel)
  const sent = Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(1000)}\n`)
  for (const one of sent) channel.push(one)
  channel.push(null)
  const closed = once(far, 'close')
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(channel.paused).toBeGreaterThan(0)
  expect(await text(far)).toBe(sent.join(''))
  await closed
})

test('what is written goes to the host', async () => {
  const channel = new Channel()
  const far = new FarStream(channel)
  far.write('typed\n')
  await new Promise((resolve) => setImmediate(resolve))
  expect(channel.written).toEqual(['typed\n'])
})

test('a link that was cut is an end, after what had come', async () => {
  const channel = new Channel()
  const far = new FarStream(channel)
  channel.push('the last words')
  await once(channel, 'data')
  channel.emit('close')
  expect(await text(far)).toBe('the last words')
})

test('it is closed when it was destroyed, whatever the host answers', async () => {
  const far = new FarStream(new Channel())
  far.resume()
  far.destroy()
  await once(far, 'close')
  expect(far.closed).toBe(true)
})
