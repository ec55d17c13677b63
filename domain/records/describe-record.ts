import type { EfiVariableBody, FfaCallBody, FfaDriverBody, RecordBody, TpmCommandBody } from './record.ts'
import { counted } from '../counted.ts'

/** Characters of a file's text that a line quotes at most. */
const quoted = 400

/** A record as one line for people, with all that a judgement can rest on, e.g. the raw registers of an FF-A call. */
export function describeRecord(body: RecordBody): string {
  switch (body.fact) {
    case 'ffa-call':
      return describeCall(body)
    case 'ffa-driver':
      return describeDriver(body)
    case 'ffa-partition':
      return `${body.device}: partition 0x${body.id.toString(16)} ${body.uuid}, properties 0x${body.properties.toString(16)}`
    case 'tpm-command':
      return describeCommand(body)
    case 'efi-variable':
      return describeStep(body)
    case 'hello':
      return `init ${body.init} on Linux ${body.release} (${body.machine}), by ${body.channel}`
    case 'mount':
      return `mount ${body.what}: ${result(body.rc)}`
    case 'module':
      return `module ${body.name}: ${result(body.rc)}`
    case 'file':
      return `${body.path}: ${body.rc === 0 ? oneLine(body.text) : result(body.rc)}`
    case 'list':
      return `${body.path}/: ${body.rc === 0 ? body.names.join(' ') || '(empty)' : result(body.rc)}`
    case 'link':
      return `${body.path} -> ${body.rc === 0 ? body.target : result(body.rc)}`
    case 'could-not':
      return `could not ${body.what}: ${body.why}`
    case 'log':
      return `sums of lines ${body.from + 1} to ${body.from + body.sums.length / 8} of the ${body.lines} that the kernel said`
    case 'log-line':
      return `line ${body.line + 1} of the kernel's log: ${body.text}`
    case 'end':
      return `end of ${counted(body.records, 'record')}`
  }
}

/** `FFA_ID_GET at 0.651715 s: 0x84000069 -> 0x84000060 0x0 0xfffffffffffffffe: INVALID_PARAMETERS (-22)`; registers from x0, without trailing zeros. */
function describeCall({ name, about, at, request, response, status, errno }: FfaCallBody): string {
  const of = about === undefined ? '' : ` (${about})`
  return `${name}${of} at ${at.toFixed(6)} s: ${registers(request)} -> ${registers(response)}: ${status}${inBrackets(errno)}`
}

function describeDriver({ op, about, at, errno, value }: FfaDriverBody): string {
  const of = about === '' ? '' : ` (${about})`
  return `the driver's ${op}${of} at ${at.toFixed(6)} s: ${errno === 0 ? value : result(errno)}`
}

function describeCommand({ command, device, at, took, rc, request, response }: TpmCommandBody): string {
  const answer = rc === 0 ? response : result(rc)
  return `${command} to ${device} at ${at.toFixed(6)} s: ${request} -> ${answer}, in ${took.toFixed(3)} s`
}

function describeStep({ when, step, name, at, took, rc, count, bytes }: EfiVariableBody): string {
  const what = name === '' ? '' : ` ${name}`
  const found = count === undefined ? '' : `, ${counted(count, 'variable')}`
  const read = bytes === undefined ? '' : `, ${bytes}`
  return `EFI variables ${when}: ${step}${what} at ${at.toFixed(6)} s: ${result(rc)}${found}${read}, in ${took.toFixed(3)} s`
}

function inBrackets(errno: number): string {
  return errno === 0 ? '' : ` (${errno})`
}

function registers(values: string[]): string {
  const last = values.findLastIndex((value) => !/^0x0+$/.test(value))
  return values.slice(0, Math.max(1, last + 1)).join(' ')
}

function result(rc: number): string {
  return rc === 0 ? 'done' : `errno ${rc}`
}

function oneLine(text: string): string {
  if (/[^\t\n\x20-\x7e]/.test(text)) return counted(text.length, 'byte')
  const line = text.trimEnd().replaceAll('\n', ' | ')
  return line.length <= quoted ? line : `${line.slice(0, quoted)} ... (${text.length} bytes)`
}
