/**
 * Who is told of nights, by the real service and a real mail server. The nights have a plan that is wrong, so that each ends
 * as soon as it has begun: that is what there is to tell. Nights that boot are in test/e2e.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Lab } from '../e2e/own-lab.ts'
import { awaited, kill9, processesOf } from '../e2e/processes.ts'
import { deliveriesOf, type Delivery } from '../../store/deliveries.ts'
import { listNights, type Night } from '../../store/nights.ts'
import { startMailServer, type MailServer } from './smtpd.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let folder: string
let mails: string
let lab: Lab
let server: MailServer
const at = (name: string) => join(folder, name)

/** Makes the plan wrong in another way, so that there is something new to tell. */
async function breakPlan(name: string): Promise<void> {
  await writeFile(at('plan.yaml'), `name: ${name}\nthis_is_wrong_in_${name}: true\n`)
}

async function schedule(...tell: string[]): Promise<void> {
  const lines = ['plan: plan.yaml', "cron: '30 1 * * *'", ...(tell.length > 0 ? ['tell:', ...tell] : [])]
  await writeFile(at('wrong.yaml'), `${lines.join('\n')}\n`)
}

const mailTo = (to: string, port = server.port) =>
  `- mail: { to: ${to}, from: hyplab@lab.example.org, smtp: { host: 127.0.0.1, port: ${port}, timeout: 20 s } }`

/** Triggers a night and waits until it has been written. */
async function trigger(...options: string[]): Promise<Night> {
  const [last] = await listNights(lab.store, 'wrong', 1)
  const { code, stderr } = await lab.hyplab('schedule', 'trigger', 'wrong', ...options)
  expect(code, stderr).toBe(0)
  return await awaited('the night is there', 60, async () => {
    const [night] = await listNights(lab.store, 'wrong', 1)
    return night?.id === last?.id ? undefined : night
  })
}

/** The deliveries of a night once its story has been told, or tried. */
async function told(night: Night, fits: (deliveries: Delivery[]) => boolean): Promise<Delivery[]> {
  return await awaited('people are told', 120, async () => {
    const deliveries = await deliveriesOf(lab.store, night.id)
    return deliveries.length > 0 && fits(deliveries) ? deliveries : undefined
  })
}
const allSent = (deliveries: Delivery[]) => deliveries.every(({ state }) => state === 'sent')

/** Waits until whatever tells of a night has ended. */
async function quietAgain(night: Night): Promise<void> {
  const { Client, Connection } = await import('@temporalio/client')
  const { address, namespace } = await lab.service()
  const connection = await Connection.connect({ address })
  try {
    const { workflow } = new Client({ connection, namespace })
    const telling = workflow.getHandle(`${night.workflowId}-telling`)
    // It is started a moment after the night was written.
    await awaited('the night is being told', 60, () => telling.describe().catch(() => undefined))
    await telling.result()
  } finally {
    await connection.close()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  mails = await mkdtemp(join(tmpdir(), 'hyplab-mails-'))
  server = await startMailServer(mails)
  lab = new Lab(at('state'))
  await mkdir(lab.state, { mode: 0o700 })
  await lab.open()
  const kernel = '{ source: [{ debian: linux, version: 6.18.5-1~bpo13+1 }], base: allnoconfig }'
  await writeFile(
    at('plan.yaml'),
    `name: n\nkernels: { k: ${kernel} }\nstacks: { s: ${resolve('stacks/optee-sel1.yaml')} }\n`,
  )
  await schedule(mailTo('lab@example.org'), `- file: told.jsonl`)
  await lab.up()
  expect(await lab.hyplab('schedule', 'apply', at('wrong.yaml'))).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await lab.close()
  await server.stop()
  for (const each of [folder, mails]) await rm(each, { recursive: true, force: true })
})

const inFile = () =>
  readFileSync(at('told.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { subject: string }).subject)

describe('a night that did not begin', () => {
  it('is told by mail and in the file, once for the same reason', async () => {
    await breakPlan('one')
    const night = await trigger()
    await told(night, allSent)
    const { headers, text } = await server.mail(1)
    expect(headers['subject']).toContain('[hyplab] wrong: did not begin: ')
    expect(text).toContain('this_is_wrong_in_one')
    expect(inFile()).toHaveLength(1)
    const again = await trigger()
    await quietAgain(again)
    expect(await deliveriesOf(lab.store, again.id)).toEqual([])
    expect(await server.count()).toBe(1)
    const { stdout } = await lab.hyplab('schedule', 'tell', 'wrong')
    expect(stdout).toMatch(/mail lab@example\.org +change\n/)
    expect(stdout).toMatch(/mail lab@example\.org +wrong: did not begin: .* +sent: 127\.0\.0\.1:\d+ said 250 /)
  })

  it('is told by nobody when it is filled in, or triggered to be quiet; and by the next one that is not', async () => {
    await breakPlan('two')
    const quiet = await trigger('--quiet')
    await quietAgain(quiet)
    const day = 86_400_000
    const iso = (time: number) => new Date(time).toISOString()
    const span = ['--from', iso(Date.now() - 1.5 * day), '--to', iso(Date.now() - 0.4 * day)]
    const [last] = await listNights(lab.store, 'wrong', 1)
    expect(await lab.hyplab('schedule', 'backfill', 'wrong', ...span)).toMatchObject({ code: 0 })
    const filled = await awaited('the span is filled in', 60, async () => {
      const nights = (await listNights(lab.store, 'wrong', 50)).filter(({ id }) => id > last!.id)
      return nights.length > 0 ? nights : undefined
    })
    for (const night of filled) await quietAgain(night)
    expect(filled.every(({ due }) => due < Date.now() - 0.3 * day)).toBe(true)
    expect(await server.count()).toBe(1)
    await told(await trigger(), allSent)
    expect((await server.mail(2)).text).toContain('this_is_wrong_in_two')
    expect(inFile()).toHaveLength(2)
  })

  it('is shown as not told yet while nobody takes the mail, and told when somebody does, across a killed worker', async () => {
    await breakPlan('three')
    await schedule(mailTo('later@example.org'))
    const night = await trigger()
    await told(night, ([first]) => first!.answer !== null)
    expect((await lab.hyplab('nights', 'wrong', '-n', '1')).stdout).toMatch(
      /\(not told yet: mail later@example\.org: 127\.0\.0\.1:\d+ did not take the mail: .*451 4\.7\.1 Come back later\.\)/,
    )
    kill9((await lab.service()).worker.pid)
    await writeFile(join(mails, 'open'), '')
    await told(night, allSent)
    expect((await server.mail(3)).to).toEqual(['later@example.org'])
    await quietAgain(night)
    expect(await server.count()).toBe(3)
  })

  it('is not told to whom the server will never take a mail for: that is said, and the next night tries again', async () => {
    await breakPlan('four')
    await schedule(mailTo('refused@example.org'))
    const [delivery] = await told(await trigger(), ([first]) => first!.state !== 'waiting')
    expect(delivery).toMatchObject({ state: 'undelivered', answer: expect.stringContaining('550 5.1.1') })
    expect((await lab.hyplab('nights', 'wrong', '-n', '1')).stdout).toMatch(
      /\(not told: mail refused@example\.org: .*550/,
    )
    const [again] = await told(await trigger(), ([first]) => first!.state !== 'waiting')
    expect(again!.message.id).not.toBe(delivery!.message.id)
  })
})

describe('kill -9 of the worker', () => {
  it('while the server has a mail and has not said so sends the same mail again, and no third one', async () => {
    await breakPlan('five')
    await schedule(mailTo('lab@example.org'))
    const before = await server.count()
    execFileSync('mkfifo', [join(mails, 'hold')])
    const night = await trigger()
    const first = await server.mail(before + 1)
    kill9((await lab.service()).worker.pid)
    await rm(join(mails, 'hold'))
    await told(night, allSent)
    const second = await server.mail(before + 2)
    expect(second.headers['message-id']).toBe(first.headers['message-id'])
    expect(second.text).toBe(first.text)
    await quietAgain(night)
    expect(await server.count()).toBe(before + 2)
  })

  it('and of the whole service, as soon as a night was written, has it told once', async () => {
    await breakPlan('six')
    const before = await server.count()
    const night = await trigger()
    for (const { pid } of processesOf(lab.state)) kill9(pid)
    await awaited('the service has gone', 60, () => (processesOf(lab.state).length === 0 ? true : undefined))
    await lab.up()
    await quietAgain(night)
    expect((await deliveriesOf(lab.store, night.id)).map(({ state }) => state)).toEqual(['sent'])
    const mails = await Promise.all(
      Array.from({ length: (await server.count()) - before }, (_, at) => server.mail(before + 1 + at)),
    )
    expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(1)
    await quietAgain(await trigger())
    expect(await server.count()).toBe(before + mails.length)
  })
})

describe('schedule tell --test', () => {
  it('sends a message to each, from the service, and says what came of it', async () => {
    await schedule(mailTo('lab@example.org'), '- file: told.txt', mailTo('refused@example.org'))
    const before = await server.count()
    const { code, stdout } = await lab.hyplab('schedule', 'tell', 'wrong', '--test')
    expect(code).toBe(3)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^mail lab@example\.org: 127\.0\.0\.1:\d+ said 250 2\.0\.0 /),
      `file ${at('told.txt')}: ${at('told.txt')} has it`,
      expect.stringMatching(/^mail refused@example\.org: not delivered\. .*550 5\.1\.1/),
    ])
    const { headers, text } = await server.mail(before + 1)
    expect(headers['subject']).toBe('[hyplab] wrong: a test')
    expect(text).toMatch(/^\[ {4}0\.000000\] Kernel command line: .{200,}$/m)
    expect(readFileSync(at('told.txt'), 'utf8')).toMatch(/^wrong: a test\n/)
  })

  it('is refused for who tells nobody, or is not there', async () => {
    await schedule()
    expect(await lab.hyplab('schedule', 'tell', 'wrong', '--test')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('tells nobody: add tell'),
    })
    expect(await lab.hyplab('schedule', 'tell', 'nowhere')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('There is no schedule nowhere'),
    })
    appendFileSync(at('wrong.yaml'), 'tell: [{ mial: a }]\n')
    expect(await lab.hyplab('schedule', 'tell', 'wrong', '--test')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "mail"?'),
    })
  })
})
