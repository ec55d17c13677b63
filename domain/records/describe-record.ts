import type { FfaCallBody, RecordBody } from './record.ts'

/** A record as one line for people, with all that a judgement can rest on, e.g. the raw registers of an FF-A call. */
export function describeRecord(body: RecordBody): string {
  switch (body.fact) {
    case 'ffa-call':
      return describeCall(body)
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
    case 'end':
      return `end of ${body.records} records`
  }
}

/** `FFA_ID_GET at 0.651715 s: 0x84000069 -> 0x84000060 0x0 0xfffffffffffffffe: INVALID_PARAMETERS (-22)`; registers from x0, without trailing zeros. */
function describeCall({ name, at, request, response, status, errno }: FfaCallBody): string {
  const failed = errno === 0 ? '' : ` (${errno})`
  return `${name} at ${at.toFixed(6)} s: ${registers(request)} -> ${registers(response)}: ${status}${failed}`
}

function registers(values: string[]): string {
  const last = values.findLastIndex((value) => !/^0x0+$/.test(value))
  return values.slice(0, Math.max(1, last + 1)).join(' ')
}

function result(rc: number): string {
  return rc === 0 ? 'done' : `errno ${rc}`
}

function oneLine(text: string): string {
  return text.trimEnd().replaceAll('\n', ' | ')
}
