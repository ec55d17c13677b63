import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { keptModel, keptStatistics } from '../../../targets/fvp/kept-model.ts'
import { allBytes, powerUp, script, standIn, standInOrder } from './stand-in.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllEnvs())

test('every byte of every UART comes, and the end is the power-off', async () => {
  await script([
    { say: 'NOTICE:  Booting Trusted Firmware\r\n' },
    { bytes: allBytes, times: 40 },
    { bytes: allBytes.toReversed(), on: 1, times: 20 },
    { end: 'off' },
  ])
  const order = await standInOrder()
  const { powered, claim, heard } = await powerUp(order)
  expect(powered.lines.map(({ name, worlds }) => [name, worlds])).toEqual([
    ['terminal_0', ['EL3', 'NS']],
    ['terminal_1', ['S-EL1']],
  ])
  await powered.go()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  expect(await powered.askOff()).toBe(false)
  await Promise.all(heard.map(({ closed }) => closed))
  const forwards = Buffer.from(Array.from({ length: 40 }, () => allBytes).flat())
  expect(
    heard[0]!.bytes().equals(Buffer.concat([Buffer.from('NOTICE:  Booting Trusted Firmware\r\n'), forwards])),
  ).toBe(true)
  const backwards = Buffer.from(Array.from({ length: 20 }, () => allBytes.toReversed()).flat())
  expect(heard[1]!.bytes().equals(backwards)).toBe(true)
  await claim.gone()
})

test("the model's own words are kept, with how fast it was, and what it was started as", async () => {
  await script([{ wait: 0.2 }, { end: 'off' }])
  const order = await standInOrder({
    model: { binary: standIn, parameters: { 'cluster0.NUM_CORES': '1' } },
    recipe: { parameters: { 'cluster0.NUM_CORES': '2' }, data: [] },
  })
  const { powered } = await powerUp(order)
  await powered.go()
  await powered.ended
  await powered.askOff()
  const log = await readFile(join(order.folder, 'kept/fvp.log'), 'utf8')
  expect(log).toMatch(/^terminal_0: Listening for serial connection on port \d+\n/)
  expect(log).toContain('Simulation stopped by user')
  const statistics = keptStatistics(order.folder)
  expect(statistics!.wall).toBeGreaterThan(0)
  expect(statistics!.rate).toBeLessThanOrEqual(1)
  const model = keptModel(order.folder)!
  expect(model).toMatchObject({ path: standIn, host: 'this host', by: 'the lab' })
  expect(model.arguments.join(' ')).toContain('-C cluster0.NUM_CORES=1 ')
  expect(model.said).toEqual(["The place sets cluster0.NUM_CORES=1 in place of the stack's cluster0.NUM_CORES=2."])
})

test('a model that loses what nobody reads loses nothing: it is stopped while it loads, and attached', async () => {
  await script([{ say: 'first ' }, { say: 'second' }, { end: 'off' }], 'no-client:lose', 'loads:1.5')
  const { powered, claim, heard } = await powerUp(await standInOrder())
  await claim.stopped()
  expect(heard[0]!.text()).toBe('')
  await powered.go()
  await powered.ended
  await powered.askOff()
  expect(heard[0]!.text()).toBe('first second')
})

test.each([['prefix'], ['shuffle'], ['late-ports:0.3'], ['prefix', 'shuffle', 'late-ports:0.3']])(
  'ports are known whatever their lines look like and whenever they come: %s',
  async (...wishes) => {
    await script([{ say: 'zero' }, { say: 'one', on: 1 }, { end: 'off' }], ...wishes)
    const { powered, heard } = await powerUp(await standInOrder())
    await powered.go()
    await powered.ended
    await powered.askOff()
    expect(heard.map((one) => one.text())).toEqual(['zero', 'one'])
  },
)

test('a port that somebody else has is no matter: the model says which it took', async () => {
  const other = createServer((socket) => socket.end('not the UART'))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const taken = (other.address() as AddressInfo).port
  await script([{ say: 'the UART' }, { end: 'off' }])
  const parameters = { 'bp.terminal_0.start_port': String(taken) }
  const order = await standInOrder({ model: { binary: standIn, parameters } })
  const { powered, heard } = await powerUp(order)
  await powered.go()
  await powered.ended
  await powered.askOff()
  other.close()
  expect(heard[0]!.text()).toBe('the UART')
  expect(await readFile(join(order.folder, 'kept/fvp.log'), 'utf8')).not.toContain(`port ${taken}\n`)
})

test.runIf(existsSync('/proc/net/if_inet6'))('who has the same port of ::1 is not taken for the model', async () => {
  const other = createServer((socket) => socket.end('not the UART'))
  other.listen(0, '::1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await script([{ say: 'the UART' }, { end: 'off' }])
  const order = await standInOrder({
    model: { binary: standIn, parameters: { 'bp.terminal_0.start_port': String(port) } },
  })
  const { powered, heard } = await powerUp(order)
  await powered.go()
  await powered.ended
  await powered.askOff()
  other.close()
  expect(await readFile(join(order.folder, 'kept/fvp.log'), 'utf8')).toContain(`port ${port}\n`)
  expect(heard[0]!.text()).toBe('the UART')
})

test('three models at a time have ports of their own', async () => {
  await script([{ echo: 1 }, { end: 'off' }])
  const attempts = await Promise.all([1, 2, 3].map(async () => await powerUp(await standInOrder())))
  await Promise.all(attempts.map(({ powered }) => powered.go()))
  for (const [n, { powered }] of attempts.entries()) powered.lines[0]!.stream.write(`model ${n}\n`)
  await Promise.all(attempts.map(({ powered }) => powered.ended))
  expect(attempts.map(({ heard }) => heard[0]!.text())).toEqual(['model 0\n', 'model 1\n', 'model 2\n'])
})

test('what is typed arrives as it is', async () => {
  await script([{ echo: 2 }, { end: 'off' }])
  const { powered, heard } = await powerUp(await standInOrder())
  await powered.go()
  const typed = Buffer.from([...allBytes, 10])
  powered.lines[0]!.stream.write(typed)
  await powered.ended
  await powered.askOff()
  expect(heard[0]!.bytes().equals(typed)).toBe(true)
})

test('a terminal that nobody asked for is read all the same, or the model would stall on it', async () => {
  const much = 300_000
  await script([{ say: 'x', on: 1, times: much }, { say: 'done' }, { end: 'off' }], 'no-client:stall')
  const order = await standInOrder({ terminals: [{ name: 'terminal_0', worlds: ['NS'] }] })
  const { powered, heard } = await powerUp(order)
  await powered.go()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  await powered.askOff()
  expect(heard[0]!.text()).toBe('done')
  expect((await readFile(join(order.folder, 'kept/terminal_1.raw'))).length).toBe(much)
})

test('a target that speaks on the output of the model announces no terminal', async () => {
  let connections = 0
  const other = createServer(() => connections++)
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const says = ['terminal_9', 'terminal_0'].map((name) => `${name}: Listening for serial connection on port ${port}\n`)
  await script([{ say: says.join('') }, { end: 'off' }])
  const parameters = { 'bp.pl011_uart0.out_file': '-' }
  const order = await standInOrder({ model: { binary: standIn, parameters } })
  const { powered, heard } = await powerUp(order)
  await powered.go()
  await powered.ended
  await powered.askOff()
  other.close()
  expect(heard[0]!.text()).toBe(says.join(''))
  expect(await readFile(join(order.folder, 'kept/fvp.log'), 'utf8')).toContain(says[0])
  expect(connections).toBe(0)
})

test('a model that is asked to end does so in an orderly way, with its statistics', async () => {
  await script([{ say: 'up' }, { end: 'sleep' }])
  const order = await standInOrder()
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  await heard[0]!.says('up')
  expect(await powered.askOff()).toBe(false)
  await heard[0]!.closed
  expect(keptStatistics(order.folder)).toBeDefined()
  await claim.gone()
})

test('a model that stands still before its first instruction can be asked to end, too', async () => {
  await script([{ say: 'never said' }])
  const { powered, claim } = await powerUp(await standInOrder())
  expect(await powered.askOff()).toBe(false)
  await claim.gone()
})

test('force ends it at once, twice too, and leaves nothing', async () => {
  await script([{ say: 'up' }, { end: 'sleep' }])
  const order = await standInOrder()
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  await heard[0]!.says('up')
  await Promise.all([powered.forceOff(), powered.forceOff()])
  await heard[0]!.closed
  await powered.forceOff()
  await claim.gone()
  expect(await readdir(order.folder)).toEqual(['kept'])
  expect((await readdir(join(order.folder, 'kept'))).toSorted()).toEqual([
    'fvp.log',
    'model.json',
    'terminal_2.raw',
    'terminal_3.raw',
  ])
})

test('a model that breaks while the target runs is lost, not off, and all that it had said is there', async () => {
  await script([{ say: 'the last words' }, { end: 'crash' }])
  const { powered, heard } = await powerUp(await standInOrder())
  await powered.go()
  expect(await powered.ended).toEqual({
    kind: 'lost',
    reason: expect.stringMatching(
      /^The model was ended by signal 11 while the target was running; it said: terminal_0/,
    ),
  })
  await powered.forceOff()
  expect(heard[0]!.text()).toBe('the last words')
})

test('a model that stands still gives no pulse until it goes on', async () => {
  await script([{ say: 'up' }, { hear: 1 }, { end: 'off' }])
  const { powered, claim, heard } = await powerUp(await standInOrder())
  await powered.go()
  await heard[0]!.says('up')
  await powered.pulse!.ask()
  process.kill(claim.model().pid, 'SIGSTOP')
  await claim.stopped()
  const asked = powered.pulse!.ask().then(() => 'answered')
  expect(await Promise.race([asked, new Promise((resolve) => setTimeout(() => resolve('still'), 300))])).toBe('still')
  process.kill(claim.model().pid, 'SIGCONT')
  expect(await asked).toBe('answered')
  powered.lines[0]!.stream.write('\n')
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
})
