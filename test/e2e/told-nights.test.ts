/** Real nights of which people are told by mail: a regression once, and that it is fixed in the same thread. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliveriesOf, type Delivery } from '../../store/deliveries.ts'
import { listNights } from '../../store/nights.ts'
import { startMailServer, type MailServer } from '../telling/smtpd.ts'
import type { RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'
import { awaited } from './processes.ts'

const lab = useLab('told-nights')
let mails: string
let server: MailServer

async function plan(mode: 'nvhe' | 'protected'): Promise<string> {
  return await planLike(lab, 'told', (text) => {
    text.configs = { 'ffa=y': text.configs['ffa=y']! }
    text.modes = { mode: `kvm-arm.mode=${mode}` }
    text.matrix = {}
    text.expect = [{ cells: {}, findings: { 'ffa.usable': 'pass' } }]
  })
}

/** Runs a night to its end, and waits until it was told. @returns what its run came to, and what was told */
async function night(): Promise<{ run: number; told: Delivery[] }> {
  const { run } = await lab.json<RunDocument>('schedule', 'trigger', 'told', '--watch')
  const [last] = await listNights(lab.store, 'told', 1)
  // Whoever is told of each night is told last of this one at the latest.
  const told = await awaited('the night is told', 120, async () => {
    const deliveries = await deliveriesOf(lab.store, last!.id)
    const done = deliveries.length > 0 && deliveries.every(({ state }) => state === 'sent')
    return done ? deliveries : undefined
  })
  return { run: run.id, told: told.filter(({ target }) => target.startsWith('mail ')) }
}

beforeAll(async () => {
  mails = await mkdtemp(join(tmpdir(), 'hyplab-mails-'))
  server = await startMailServer(mails)
  const file = await plan('nvhe')
  const schedule = join(lab.state, 'told.yaml')
  const smtp = `{ host: 127.0.0.1, port: ${server.port} }`
  await writeFile(
    schedule,
    [
      `plan: ${file}`,
      "cron: '30 1 * * *'",
      'confirm: 2',
      'tell:',
      `  - mail: { to: lab@example.org, from: hyplab@lab.example.org, smtp: ${smtp} }`,
      '  - { file: told.txt, when: always }',
      '',
    ].join('\n'),
  )
  await lab.up()
  expect(await lab.hyplab('schedule', 'apply', schedule)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await server?.stop()
  await rm(mails, { recursive: true, force: true })
})

describe('of a night', () => {
  let bad = 0

  it('that is good nobody is told by mail', async () => {
    expect((await night()).told).toEqual([])
    expect(await server.count()).toBe(0)
  })

  it('with a regression a mail tells what is new, with the lines that it rests on', async () => {
    await plan('protected')
    const { run, told } = await night()
    bad = run
    expect(told).toHaveLength(1)
    const { headers, text } = await server.mail(1)
    expect(headers['subject']).toBe('[hyplab] told: new failure: ffa.usable -22 INVALID_PARAMETERS')
    expect(text).toMatch(/^NEW FAILURE {2}ffa\.usable · -22 · INVALID_PARAMETERS$/m)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('moved: cmdline kvm-arm.mode=nvhe -> kvm-arm.mode=protected')
    // The same words as the finding's own, none of them broken or joined.
    const { cells } = await lab.json<RunDocument>('show', String(run))
    const finding = cells[0]!.attempts[0]!.end!.findings.find(({ id }) => id === 'ffa.usable')!
    expect(finding.evidence.length).toBeGreaterThan(0)
    for (const { text: shown } of finding.evidence) expect(`\n${text}`).toContain(`\n${shown}\n`)
  })

  it('in which it goes on nothing is told again', async () => {
    expect((await night()).told).toEqual([])
    expect(await server.count()).toBe(1)
  })

  it('in which it is gone it is told in the same thread', async () => {
    await plan('nvhe')
    expect((await night()).told).toHaveLength(1)
    const [first, second] = [await server.mail(1), await server.mail(2)]
    expect(second.headers['subject']).toBe('[hyplab] told: fixed: ffa.usable -22 INVALID_PARAMETERS')
    expect(second.headers['in-reply-to']).toBe(first.headers['message-id'])
    expect(second.text).toMatch(new RegExp(`^FIXED[^]*since ${bad}\\.1 `, 'm'))
  })

  it('that is no night, but a run, nobody is told, and of a dry run neither', async () => {
    const file = await plan('protected')
    await lab.hyplab('run', file, '--dry-run')
    await lab.hyplab('run', file)
    expect(await server.count()).toBe(2)
  })
})
