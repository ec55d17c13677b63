/** plans/first-look.yaml on real boots: the bug, its two controls, and what each verdict rests on. */
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { readLines } from '../../domain/console/line-reader.ts'
import type { Evidence } from '../../domain/evidence/evidence.ts'
import { describeRecord } from '../../domain/records/describe-record.ts'
import { decodeFrame } from '../../domain/records/frame.ts'
import { joinParts } from '../../domain/records/join-parts.ts'
import type { RecordBody, TargetRecord } from '../../domain/records/record.ts'
import { artifactPath, verifyArtifact } from '../../store/artifacts.ts'
import { eventsAfter } from '../../store/events.ts'
import { cellOf, endings, findingOf, type CellDocument, type RunDocument } from './documents.ts'
import { outputOf, type Ended } from './command.ts'
import { useLab } from './lab.ts'
import { firstLook } from './plans.ts'

const lab = useLab('first-look')
/** Run 1 was `hyplab build` of the same plan. */
let first: Ended
let document: RunDocument
let bug: CellDocument
beforeAll(async () => {
  first = await lab.hyplab('run', firstLook, '--json')
  document = JSON.parse(first.stdout) as RunDocument
  bug = cellOf(document, { config: 'ffa=y', mode: 'protected' })
})

const verdictsOf = ({ cells }: RunDocument) =>
  Object.fromEntries(cells.map(({ axes, verdict }) => [`${axes['config']} ${axes['mode']}`, verdict?.verdict]))
const asExpected = { 'ffa=y protected': 'known-fail', 'ffa=y nvhe': 'pass', 'ffa=m protected': 'pass' }

describe('a run of plans/first-look.yaml', () => {
  it('shows the known bug and its two controls, and exits 0', () => {
    expect(first.code).toBe(0)
    expect(verdictsOf(document)).toEqual(asExpected)
    expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
    expect(document.run.summary).toContain('The known bug is there')
    for (const cell of document.cells) expect(endings(cell)).toEqual(['finished'])
  })

  it('rests the bug on records of calls that failed and on the line that claimed version 1.2', () => {
    const usable = findingOf(bug.attempts[0], 'ffa.usable')
    expect(usable).toMatchObject({ outcome: 'fail', facts: { errno: -22, status: 'INVALID_PARAMETERS' } })
    const records = usable.evidence.filter(({ kind }) => kind === 'record').map(({ text }) => text)
    // FFA_ID_GET asked, FFA_ERROR with INVALID_PARAMETERS answered: include/linux/arm_ffa.h, Linux 6.18.
    expect(records).toContainEqual(
      expect.stringMatching(/^FFA_ID_GET at .*: 0x84000069 -> 0x84000060 .*: INVALID_PARAMETERS \(-22\)$/),
    )
    const lines = usable.evidence.filter(({ kind }) => kind === 'console').map(({ text }) => text)
    expect(lines).toContainEqual(expect.stringMatching(/ARM FF-A: Firmware version 1\.2 found$/))
    expect(findingOf(bug.attempts[0], 'ffa.version')).toMatchObject({ outcome: 'pass' })
  })

  it('finds FF-A usable where the driver came after pKVM, and where there is no pKVM', () => {
    for (const axes of [{ config: 'ffa=m' }, { mode: 'nvhe' }]) {
      const usable = findingOf(cellOf(document, axes).attempts[0], 'ffa.usable')
      expect(usable).toMatchObject({ outcome: 'pass', facts: { calls: 3 } })
      expect(usable.evidence.length).toBeGreaterThan(0)
    }
  })

  it('tells by the calls of the probe what else FF-A is good for, and who refuses', () => {
    const of = (axes: Record<string, string>, id: string) => findingOf(cellOf(document, axes).attempts[0], id)
    const builtIn = { config: 'ffa=y', mode: 'protected' }
    const names = ['ffa.negotiated', 'ffa.notifications', 'ffa.direct-message', 'ffa.memory']
    for (const id of names)
      expect(of(builtIn, id)).toMatchObject({ outcome: 'fail', facts: { errno: -22, cause: 'not-negotiated' } })
    for (const id of names) expect(of({ mode: 'nvhe' }, id), id).toMatchObject({ outcome: 'pass' })
    const late = { config: 'ffa=m' }
    expect(of(late, 'ffa.negotiated')).toMatchObject({ outcome: 'pass', facts: { driver: '1.2' } })
    expect(of(late, 'ffa.direct-message')).toMatchObject({ outcome: 'pass' })
    expect(of(late, 'ffa.notifications')).toMatchObject({ outcome: 'fail', facts: { cause: 'blocked-by-proxy' } })
    expect(of(late, 'ffa.memory')).toMatchObject({ outcome: 'fail', facts: { step: 'reclaim', errno: -95 } })
  })

  it('cites lines that stand in the stored consoles at those numbers, and records that are in the stored channel', async () => {
    let cited = 0
    for (const { attempts } of document.cells)
      for (const { end } of attempts)
        for (const evidence of end!.findings.flatMap((finding) => finding.evidence)) {
          const name = evidence.kind === 'console' ? `console/${evidence.console}` : 'records'
          const { sha256 } = end!.artifacts.find((artifact) => artifact.name === name)!
          const raw = await readFile(artifactPath(lab.store, sha256))
          expect(standsIn(raw, evidence)).toEqual(evidence.text)
          cited++
        }
    expect(cited).toBeGreaterThan(20)
  })

  it('keeps every artifact under the sha256 of its bytes', async () => {
    const kept = document.cells.flatMap(({ attempts }) => attempts).flatMap(({ end }) => end!.artifacts)
    const names = new Set(kept.map(({ name }) => name))
    for (const name of [
      'console/uart0',
      'console/uart0.times',
      'console/uart1',
      'records',
      'Image',
      'initrd',
      'firmware',
    ])
      expect(names).toContain(name)
    for (const { sha256 } of kept) await verifyArtifact(lab.store, sha256)
  })

  it('built nothing, because everything was there', async () => {
    const kinds = (await eventsAfter(lab.store, document.run.id, 0)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind.startsWith('build'))).toEqual([])
  })

  it('has its builds with their inputs, products and logs', () => {
    expect(document.builds.map(({ kind, outcome }) => `${kind} ${outcome}`).toSorted()).toEqual([
      'firmware ok',
      'kernel ok',
      'kernel ok',
    ])
    for (const { kind, products, log, inputs } of document.builds) {
      expect(products.map(({ name }) => name)).toContain(kind === 'kernel' ? 'Image' : 'qemu_fw.bios')
      expect(log).toMatch(/^[0-9a-f]{64}$/)
      expect(Object.keys(inputs)).not.toEqual([])
    }
  })
})

describe('what a run leaves to look at', () => {
  it('is told alike by show, list and watch', async () => {
    expect(await lab.json('show', '2')).toEqual(document)
    expect(await lab.json('watch', '2')).toEqual(document)
    expect(await lab.json('show', '2.1.1')).toMatchObject({ run: 2, attempt: bug.attempts[0] })
    expect(await lab.json('show', '2.1')).toMatchObject({ run: 2, cell: { verdict: bug.verdict } })
    const runs = [
      { id: 2, plan: 'first-look', cells: 3, exitCode: 0, verdicts: { pass: 2, 'known-fail': 1 } },
      { id: 1, summary: 'Everything is built.', exitCode: 0, verdicts: {} },
    ]
    expect(await lab.json('list')).toMatchObject({ runs })
  })

  it('is told to people with the same verdicts and evidence', async () => {
    const { code, stdout } = await lab.hyplab('watch', '2')
    expect(code).toBe(0)
    expect(stdout).toBe((await lab.hyplab('show', '2')).stdout)
    for (const { id, verdict } of document.cells)
      expect(stdout).toMatch(new RegExp(`${id.replaceAll('/', '\\/')} +${verdict!.verdict}`))
    for (const { text } of findingOf(bug.attempts[0], 'ffa.usable').evidence.filter(({ kind }) => kind === 'console'))
      expect(stdout).toContain(text)
  })

  it('is, on the consoles, byte for byte what was captured', async () => {
    for (const [index, { end, id }] of document.cells.flatMap(({ attempts }) => attempts).entries())
      for (const console of ['uart0', 'uart1']) {
        const { sha256, size } = end!.artifacts.find(({ name }) => name === `console/${console}`)!
        const written = await outputOf(lab.state, ['logs', id, '--console', console])
        expect(written.length).toBe(size)
        expect(written.equals(await readFile(artifactPath(lab.store, sha256)))).toBe(true)
        if (index === 0 && console === 'uart0') expect(written.includes('\r\n')).toBe(true)
      }
  })
})

it('runs again without a build, to the same verdicts', async () => {
  const again = await lab.json<RunDocument>('run', firstLook)
  expect(again.run.id).toBe(3)
  expect(verdictsOf(again)).toEqual(asExpected)
  const kinds = (await eventsAfter(lab.store, 3, 0)).map(({ kind }) => kind)
  expect(kinds).not.toContain('build-started')
  expect(again.cells.map(({ attempts }) => attempts[0]!.end!.artifacts.find(({ name }) => name === 'Image'))).toEqual(
    document.cells.map(({ attempts }) => attempts[0]!.end!.artifacts.find(({ name }) => name === 'Image')),
  )
})

/** What the raw bytes say where the evidence points; of a long range as much as the evidence quotes. */
function standsIn(raw: Buffer, evidence: Evidence): string | undefined {
  if (evidence.kind === 'record') {
    const record = joinParts(recordsIn(raw)).find(({ sequence }) => sequence === evidence.sequence)
    return record && describeRecord(record.body)
  }
  if (evidence.kind !== 'console') return undefined
  const range = readLines(raw).slice(evidence.from - 1, evidence.to)
  const quoted = evidence.text.split('\n')
  const gap = quoted.findIndex((line) => /^\.\.\. \d+ more lines \.\.\.$/.test(line))
  const said = range.map(({ text }) => text)
  if (gap >= 0) said.splice(gap, said.length - quoted.length + 1, quoted[gap]!)
  return said.join('\n')
}

/** The frames of a stored record channel, each checked against its checksum, in the order of their numbers. */
function recordsIn(raw: Buffer): TargetRecord[] {
  const frames = raw.toString('latin1').split(/\r?\n/).map(decodeFrame)
  const bodies = new Map(frames.flatMap((frame) => (frame ? [[frame.sequence, frame.payload] as const] : [])))
  return [...bodies]
    .toSorted(([a], [b]) => a - b)
    .map(([sequence, payload]) => ({ sequence, body: JSON.parse(payload) as RecordBody }))
}
