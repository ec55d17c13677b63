/** `hyplab lab check` on the virtual rack: a lab that is fine, and the same with one thing broken. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRack, type Rack } from '../rack/rack.ts'
import { runHyplab, type Ended } from './run-hyplab.ts'

let folder: string
let rack: Rack
let text: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-check-'))
  rack = await startRack({ folder })
  text = await readFile(rack.labFile, 'utf8')
})
afterAll(async () => {
  await rack.stop()
  await rm(folder, { recursive: true })
})

const check = async (file: string, ...args: string[]): Promise<Ended> =>
  await runHyplab(folder, ['lab', 'check', file, ...args], { env: { COMMUNITY: 'wrong' } })

/** The broken lines, each with the line of the file that it names in place of its number. */
function brokenOf(stdout: string, file: string): string[] {
  const lines = stdout.split('\n').slice(0, -1)
  return lines.map((line) =>
    line.replace(/^\w+\.yaml:(\d+):\d+/, (_, number: string) => file.split('\n')[Number(number) - 1]!.trim()),
  )
}

test('a lab that is fine is told line by line, and nothing of it is switched without being asked to', async () => {
  const { code, stdout, stderr } = await check('rack.yaml')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'rack.yaml: nothing is broken, 15 fine, 1 not tried' })
  const told = stderr.split('\n').map((line) => line.replace(/^rack\.yaml:\d+:\d+: /, ''))
  expect(told.toSorted()).toEqual(
    [
      /^fine: PDU pdud: pdudaemon is reached at http:.*; it cannot be asked what an outlet is\.$/,
      /^fine: PDU rail: It answers\.$/,
      /^fine: PDU snmp: It answers\.$/,
      /^fine: board-1, TFTP folder .*can be written; only the board can tell whether 10\.0\.2\.2 serves it\.$/,
      /^fine: board-1, console uart0: It opens\.$/,
      /^fine: board-1, console uart1: It opens\.$/,
      /^fine: board-1, outlet 1 of snmp: Outlet 1 of snmp says off\.$/,
      /^fine: board-2, TFTP folder .*can be written; only the board can tell whether 10\.0\.2\.2 serves it\.$/,
      /^fine: board-2, console uart0: It opens\.$/,
      /^fine: board-2, console uart1: It opens\.$/,
      /^fine: board-3, console uart1: It opens\.$/,
      /^fine: board-3, mux of .*: The mux answers: it stands at the board\.$/,
      /^fine: board-3, outlet 3 of rail: Outlet 3 of rail says off\.$/,
      /^fine: host bench: .*@127\.0\.0\.1 port \d+ is reached, and has the pinned key\.$/,
      /^fine: model-1, model .* is Fast Models .*\.$/,
      /^not tried: board-2, outlet 2 of pdud: Outlet 2 of pdud cannot be asked: only silent consoles tell that it is off\.$/,
    ].map((line) => expect.stringMatching(line) as string),
  )
  expect(Object.values(rack.boards).map(({ outlet }) => outlet)).toEqual(['off', 'off', 'off'])
})

test('with --power each board is switched on, heard and switched off', async () => {
  const { code, stdout, stderr } = await check('rack.yaml', '--power', '--yes')
  expect({ code, stdout }, stderr).toEqual({
    code: 0,
    stdout: 'rack.yaml: nothing is broken, 18 fine, 1 not tried',
  })
  for (const name of ['board-1', 'board-2', 'board-3'])
    expect(stderr).toMatch(new RegExp(`: fine: ${name}, power: It is healthy: uart\\d said its first byte .* goes off`))
  expect(Object.values(rack.boards).map(({ outlet }) => outlet)).toEqual(['off', 'off', 'off'])
})

test.each<[string, (lab: string) => string, RegExp[]]>([
  [
    'another host key is the line of the host, and what hangs on that host is not blamed',
    (lab) => lab.replace(/SHA256:\S+/, `SHA256:${'A'.repeat(43)}`),
    [/^bench:: host bench: Host bench .* shows the key SHA256:\S+, but \S+ pins SHA256:AAAA/],
  ],
  [
    'a wrong community is the line of the PDU, and its outlet is not blamed',
    (lab) => lab.replace(/community:\s+text: private/, 'community: { env: COMMUNITY }'),
    [/^snmp:: PDU snmp: PDU snmp .* gave no answer in \d+ s: .* does not know who asks/],
  ],
  [
    'a TFTP folder that cannot be written is the line of the flashing',
    (lab) => lab.replace(/folder: \S+tftp/g, 'folder: /dev/null/tftp'),
    [
      /^flash:: board-1, TFTP folder \/dev\/null\/tftp: .* could not be put to \/dev\/null\/tftp\//,
      /^flash:: board-2, TFTP folder \/dev\/null\/tftp: .* could not be put to \/dev\/null\/tftp\//,
    ],
  ],
])('%s', async (_name, change, wanted) => {
  const changed = change(text)
  expect(changed).not.toBe(text)
  await writeFile(join(folder, 'changed.yaml'), changed)
  const { code, stdout } = await check('changed.yaml')
  expect(code).toBe(3)
  expect(brokenOf(stdout, changed)).toEqual(wanted.map((line) => expect.stringMatching(line) as string))
})

test('daemons that have died are the lines of what they serve, each once', async () => {
  for (const daemon of ['snmpd', 'pdudaemon', 'ser2net']) await rack.parts.kill(daemon)
  const { code, stdout } = await check('rack.yaml')
  expect(code).toBe(3)
  expect(brokenOf(stdout, text)).toEqual(
    [
      /^snmp:: PDU snmp: PDU snmp .* gave no answer in \d+ s/,
      /^pdud:: PDU pdud: pdudaemon of PDU pdud gave no answer at /,
      /^uart0:: board-1, console uart0: The console server at 127\.0\.0\.1 port \d+ refuses connections/,
      /^uart1:: board-1, console uart1: The console server at 127\.0\.0\.1 port \d+ refuses connections/,
    ].map((line) => expect.stringMatching(line) as string),
  )
})
