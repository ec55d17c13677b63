import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostView, Shown } from '../../../domain/attempt.ts'
import { readLines } from '../../../domain/console/line-reader.ts'
import type { ConsoleLog } from '../../../domain/console/line.ts'
import type { LabFact, LabShown, NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import type { Finding } from '../../../domain/finding.ts'
import { judge, probeGroups } from '../../../domain/probes/registry.ts'
import { crc32 } from '../../../domain/records/crc32.ts'
import { LineSums } from '../../../domain/records/line-sums.ts'
import type { RecordBody, TargetRecord } from '../../../domain/records/record.ts'

/** Real boots whose consoles are stored as fixtures. */
export const boots = {
  builtinPkvm: 'linux-6.18.5-ffa-builtin-pkvm',
  builtinNvhe: 'linux-6.18.5-ffa-builtin-nvhe',
  modulePkvm: 'linux-6.18.5-ffa-module-pkvm',
  linux7: 'linux-7.3.4-ffa-builtin-pkvm-edk2',
} as const

/** A real boot of a kernel that was given no initramfs: it panics, and panic=-1 resets the machine. */
export const noInit = 'linux-6.18.5-no-init'

const folder = join(import.meta.dirname, '../../fixtures/consoles')

export function rawConsole(boot: string, console: 'uart0' | 'uart1'): Uint8Array {
  return readFileSync(join(folder, `${boot}.${console}.log`))
}

/** Both consoles of a stored boot, after `edit` changed the text of the first. */
export function consolesOf(boot: string, edit: (text: string) => string = (text) => text): ConsoleLog[] {
  const text = edit(Buffer.from(rawConsole(boot, 'uart0')).toString('latin1'))
  return [
    { console: 'uart0', lines: readLines(Buffer.from(text, 'latin1')) },
    { console: 'uart1', lines: readLines(rawConsole(boot, 'uart1')) },
  ]
}

/** An edit that takes the lines away that match. */
export function without(lines: RegExp): (text: string) => string {
  return (text) =>
    text
      .split('\n')
      .filter((line) => !lines.test(line))
      .join('\n')
}

export function consoleOf(text: string, console = 'uart0'): ConsoleLog {
  return { console, lines: readLines(new TextEncoder().encode(text)) }
}

export function recordsOf(...bodies: RecordBody[]): TargetRecord[] {
  return bodies.map((body, index) => ({ sequence: index + 1, body }))
}

export const hello: RecordBody = { fact: 'hello', init: '1', release: '6.18.5', machine: 'aarch64', channel: 'hvc0' }
/** The same where records share the console. */
export const onConsole: RecordBody = { ...(hello as HelloBody), channel: '/dev/console' }
export const end: RecordBody = { fact: 'end', records: 9 }
const zeros = (count: number): string[] => Array.from({ length: count }, () => '0x0')

const fids: Record<string, string> = {
  FFA_VERSION: '0x84000063',
  FFA_ID_GET: '0x84000069',
  FFA_FEATURES: '0x84000064',
  FFA_SPM_ID_GET: '0x84000085',
  FFA_PARTITION_INFO_GET: '0x84000068',
}

/** An FF-A call as our probe module reports it; `count` is what the answer has in w2 when it succeeded. */
export function call(name: string, status = 'SUCCESS', errno = 0, at = 5, count = 1): RecordBody {
  const code = { SUCCESS: count, INVALID_PARAMETERS: 0xfffffffe, NOT_SUPPORTED: 0xffffffff }[status] ?? 0xfffffffc
  const response = [errno === 0 ? '0x84000061' : '0x84000060', '0x0', `0x${code.toString(16)}`, ...zeros(5)]
  return { fact: 'ffa-call', name, at, request: [fids[name] ?? '0x0', ...zeros(7)], response, status, errno }
}

/** The call with a refusal as pKVM itself writes it: the status sign-extended to 64 bits. */
export function byPkvm(body: RecordBody): RecordBody {
  if (body.fact !== 'ffa-call' || body.errno === 0) return body
  const status = `0xffffffff${(body.response[2] ?? '0x0').slice(2).padStart(8, '0')}`
  return { ...body, response: body.response.with(2, status) }
}

/** What the probe module really saw in one of `boots`: records of FF-A and of its bus. */
export function realRecords(boot: string): TargetRecord[] {
  return JSON.parse(readFileSync(join(folder, '../records', `${boot}.json`), 'utf8')) as TargetRecord[]
}

/** The four calls of the probe module, all with the same answer. */
export function calls(status = 'SUCCESS', errno = 0, at = 5): RecordBody[] {
  return ['FFA_ID_GET', 'FFA_FEATURES', 'FFA_SPM_ID_GET', 'FFA_PARTITION_INFO_GET'].map((name) =>
    call(name, status, errno, at),
  )
}

export const poweredOff: HostView = { stop: 'power-off', reason: '', stage: 'off' }

export interface Showing {
  mode?: string
  config?: Record<string, string>
  modules?: string[]
  host?: HostView
  consoles?: ConsoleLog[]
  records?: TargetRecord[]
  lab?: LabShown
}

type HelloBody = Extract<RecordBody, { fact: 'hello' }>

/** A showing of one attempt: a healthy end and =y unless told otherwise. */
export function shownOf({
  mode = 'protected',
  config = {},
  modules = [],
  host = poweredOff,
  consoles = [],
  records = recordsOf(hello, end),
  lab,
}: Showing): Shown {
  const cmdline = `console=ttyAMA0 panic=-1 initcall_debug ignore_loglevel${mode === '' ? '' : ` kvm-arm.mode=${mode}`}`
  return {
    asked: { cmdline, config: { ARM_FFA_TRANSPORT: 'y', OPTEE: 'y', KVM: 'y', ...config }, modules },
    host,
    consoles,
    records,
    ...(lab && { lab }),
  }
}

/** What the lab of a board noted, a second apart. */
export function labOf(...facts: NewLabFact[]): LabShown {
  const noted = facts.map((fact, index) => ({ ...fact, at: 1_800_000_000_000 + index * 1000, entry: index + 1 }))
  return { kind: 'board', facts: noted as (LabFact & { entry: number })[] }
}

/** The finding of that id, judged with all groups; those of the lab where a board shows nothing, unless it shows something. */
export function findingOf(shown: Shown, id: string): Finding {
  const found = judge(id.startsWith('lab.') ? { lab: labOf(), ...shown } : shown, probeGroups).find(
    (finding) => finding.id === id,
  )
  if (!found) throw new Error(`no finding ${id}`)
  return found
}

/**
 * The showing of a boot on a board whose console shares its records.
 * @param heard what the console brought of the kernel's log, without line feeds
 * @param said what the kernel had said
 * @param again the lines that init gave again, counted from 0
 */
export function wired(
  heard: string[],
  said = ['[    0.100000] optee: probe failed -22'],
  again: readonly number[] = [],
): Shown {
  const sums = said.map((line) => crc32(line).toString(16).padStart(8, '0')).join('')
  const records = recordsOf(
    onConsole,
    { fact: 'log', from: 0, lines: said.length, lost: 0, sums },
    { fact: 'end', records: 3 },
    ...again.map((line): RecordBody => ({ fact: 'log-line', line, text: said[line] ?? '' })),
  )
  const text = `${heard.join('\r\n')}\r\n`
  const shown = shownOf({ consoles: [consoleOf(text)], records, lab: labOf() })
  const lines = new LineSums()
  lines.feed(new TextEncoder().encode(text))
  return { ...shown, heard: [{ console: 'uart0', lines }] }
}
