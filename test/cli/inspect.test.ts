import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import { inspectSchema, type InspectReport } from '../../domain/inspect/report-schema.ts'

const hyplab = join(import.meta.dirname, '../../bin/hyplab')
const consoles = join(import.meta.dirname, '../fixtures/consoles')
const boot = join(consoles, 'linux-6.18.5-ffa-builtin-pkvm')
const logs = [`${boot}.uart0.log`, `${boot}.uart1.log`]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hyplab-inspect-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function run(args: string[], input?: Uint8Array): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(hyplab, ['inspect', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1e8,
    ...(input && { input }),
  })
}

function report(...args: string[]): InspectReport {
  const { status, stdout, stderr } = run(['--json', ...args])
  expect(status, stderr).toBe(exitCodes.ok)
  return inspectSchema.parse(JSON.parse(stdout))
}

describe('hyplab inspect', () => {
  it('tells the bug from the consoles of its boot, with file and line', () => {
    const { kernel, stage, findings, files } = report(...logs)
    expect({ kernel, stage }).toEqual({ kernel: '6.18.5', stage: 'userspace' })
    expect(files.map(({ kind }) => kind)).toEqual(['log', 'log'])
    const order = findings.find(({ id }) => id === 'order.ffa-before-kvm')
    expect(order).toMatchObject({
      outcome: 'fail',
      evidence: [{ file: logs[0], lines: { from: 557, to: 557 } }, {}, {}, {}, {}],
    })
  })

  it('prints the same for people', () => {
    const { stdout } = run(logs)
    expect(stdout).toContain('kernel 6.18.5, furthest stage userspace')
    expect(stdout).toMatch(
      /^ {2}order\.ffa-before-kvm {2}fail {2}FF-A .*\n {6}\S+uart0\.log:557 {2}\[ {4}0\.345585\] ARM FF-A: Driver version 1\.2$/m,
    )
    expect(stdout).toMatch(/^ {2}ffa\.partitions {2}unknown {2}/m)
  })

  it('reads standard input, packed or not', () => {
    const bytes = readFileSync(logs[0]!)
    for (const input of [bytes, gzipSync(bytes)])
      expect(run(['-'], input).stdout).toMatch(/^stdin: log, .*984 lines, one boot$/m)
  })

  it('says in one sentence that a file is no log', () => {
    const cases: [string, string][] = [
      [
        put('a.txt', 'hello\nworld\n'),
        'is no log of a kernel, a firmware or a boot loader, and no list of measurements.',
      ],
      [put('b.log', ''), 'is empty.'],
      [put('c.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 'is a picture.'],
    ]
    for (const [path, sentence] of cases) {
      const { status, stdout, stderr } = run([path])
      expect([status, stdout, stderr.replaceAll(/^npm .*\n/gm, '')]).toEqual([
        exitCodes.usage,
        '',
        `hyplab: ${path} ${sentence}\n`,
      ])
    }
    expect(run([join(folder, 'nothing')]).status).toBe(exitCodes.nothing)
  })

  it('judges the rest when one file of several is no log', () => {
    const nothing = put('a.txt', 'hello\n')
    const { status, stdout, stderr } = run([nothing, logs[0]!])
    expect(status).toBe(exitCodes.usage)
    expect(stdout).toContain('kernel 6.18.5')
    expect(stderr).toContain(`${nothing} is no log`)
  })

  it('lets a kind be said, and refuses one that there is not', () => {
    const odd = put('odd', '\x7fELF\n[    0.000000] Linux version 6.1.0 (a@b)\n')
    expect(report(odd, '--kind', `${odd}=log`).kernel).toBe('6.1.0')
    expect(run([odd, '--kind', `${odd}=picture`]).stderr).toContain('It must be FILE=KIND')
    expect(run([odd, '--kind', 'x=log']).stderr).toContain('--kind names x, which is not among the files.')
  })

  it('prints the schema of its document', () => {
    const schema = JSON.parse(run(['--schema']).stdout) as { required: string[] }
    expect(schema.required).toEqual(Object.keys(inspectSchema.shape))
  })
})
