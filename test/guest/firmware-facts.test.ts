import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordBody } from '../../domain/records/record.ts'
import { buildHarness, type Harness } from './harness.ts'
import { talkTo } from './talk.ts'

let harness: Harness
let at: string
beforeAll(async () => {
  harness = await buildHarness()
  at = harness.folder
  // What is written to it comes back: a device that answers each command with the command.
  await execa('mkfifo', [join(at, 'echo'), join(at, 'hangs')])
}, 60_000)
afterAll(async () => harness.remove())

const test = 'HyplabTest-5b1f6f5e-6a0c-4c39-9f3b-7d2c1e0a48b6'
const secureBoot = 'SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'

/** Leaves no room in a fifo, so that who writes to it waits. @returns the descriptor that keeps it open */
function fill(fifo: string): number {
  const end = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  const page = Buffer.alloc(4096)
  expect(() => {
    for (;;) writeSync(end, page)
  }).toThrow('EAGAIN')
  return end
}

async function bodies(instructions: string): Promise<RecordBody[]> {
  return (await talkTo(harness, instructions)).bodies.slice(1, -1)
}

describe('commands to a TPM', () => {
  it('are told byte for byte, with their answers', async () => {
    const random = '80010000000c0000017b0010'
    const told = await bodies(`tpm ${at}/echo\n`)
    expect(told[0]).toEqual({
      fact: 'tpm-command',
      device: `${at}/echo`,
      command: 'TPM2_GetRandom',
      at: 1.5,
      took: 0,
      rc: 0,
      request: random,
      response: random,
    })
    expect(told.map((body) => body.fact === 'tpm-command' && body.command)).toEqual([
      'TPM2_GetRandom',
      'TPM2_GetCapability(PCRS)',
      'TPM2_GetCapability(FIXED)',
    ])
  })

  it.each([
    ['is not there', 'missing', -2, 1],
    ['cannot be spoken to', '.', -21, 3],
  ])('to a device that %s', async (_, name, rc, count) => {
    const told = await bodies(`tpm ${at}/${name}\n`)
    expect(told).toHaveLength(count)
    expect(told[0]).toMatchObject({ rc, response: '' })
  })

  it('are given up when no answer comes, and not tried again', async () => {
    const full = fill(join(at, 'hangs'))
    const told = await bodies(`limit tpm 100\ntpm ${at}/hangs\n`)
    closeSync(full)
    expect(told).toEqual([expect.objectContaining({ fact: 'tpm-command', rc: -110, response: '' })])
  })
})

describe('EFI variables', () => {
  const steps = (told: RecordBody[]): unknown[] =>
    told.map((body) => {
      if (body.fact !== 'efi-variable') return body
      const { step, name, rc, count, bytes } = body
      return [step, name, rc, ...[count, bytes].filter((value) => value !== undefined)]
    })

  it('are listed and read, and nothing is written unless it was asked for', async () => {
    const folder = join(at, 'read-only')
    await mkdir(folder)
    await writeFile(join(folder, secureBoot), Uint8Array.of(6, 0, 0, 0, 0))
    await writeFile(join(folder, 'Boot0000-x'), '')
    const told = await bodies(`efi before-modules read ${folder}\n`)
    expect(told[0]).toEqual({
      fact: 'efi-variable',
      when: 'before-modules',
      step: 'mount',
      name: '',
      at: 1.5,
      took: 0,
      rc: 0,
    })
    expect(steps(told)).toEqual([
      ['mount', '', 0],
      ['list', '', 0, 2],
      { fact: 'list', path: folder, rc: 0, names: ['Boot0000-x', secureBoot] },
      ['read', secureBoot, 0, '0600000000'],
      ['unmount', '', 0],
    ])
  })

  it('are written, read and deleted where it was asked for', async () => {
    const folder = join(at, 'writable')
    await mkdir(folder)
    const told = await bodies(`efi after-modules write ${folder}\n`)
    expect(steps(told)).toEqual([
      ['mount', '', 0],
      ['list', '', 0, 0],
      { fact: 'list', path: folder, rc: 0, names: [] },
      ['read', secureBoot, -2],
      ['write', test, 0],
      ['read', test, 0, `07000000${Buffer.from('hyplab').toString('hex')}`],
      ['delete', test, 0],
      ['unmount', '', 0],
    ])
    expect(await readdir(folder)).toEqual([])
  })

  it('are left alone after a step that hangs', async () => {
    const folder = join(at, 'sick')
    await mkdir(folder)
    await execa('mkfifo', [join(folder, secureBoot)])
    const told = await bodies(`limit efi 100\nefi after-modules write ${folder}\nfact link ${at}/none\n`)
    expect(steps(told).slice(3)).toEqual([
      ['read', secureBoot, -110],
      { fact: 'link', path: `${at}/none`, rc: -2, target: '' },
    ])
  })

  it.each(['efi after-modules erase /x', 'efi after-modules read x', 'efi after-modules', 'efi a read '])(
    'are not touched by %j',
    async (line) => {
      expect(await bodies(`${line}\n`)).toEqual([expect.objectContaining({ fact: 'could-not' })])
    },
  )
})

describe('a file', () => {
  it('may have a limit of its own', async () => {
    await writeFile(join(at, 'text'), '0123456789')
    expect(
      await bodies(`limit bytes 2\nfact file:4 ${at}/text\nfact file:10 ${at}/text\nfact file ${at}/text\n`),
    ).toEqual([
      { fact: 'could-not', what: `${at}/text`, why: 'longer than 4 bytes, the rest is left out' },
      { fact: 'file', path: `${at}/text`, rc: 0, text: '0123' },
      { fact: 'file', path: `${at}/text`, rc: 0, text: '0123456789' },
      { fact: 'could-not', what: `${at}/text`, why: 'longer than 2 bytes, the rest is left out' },
      { fact: 'file', path: `${at}/text`, rc: 0, text: '01' },
    ])
  })
})
