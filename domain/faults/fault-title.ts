import type { SignatureMatch } from '../signatures/match.ts'
import { asPrinted } from './decoded-symbols.ts'
import { culpritOf, isChecker, isMappingSymbol } from './culprit.ts'
import { isOfMemoryCgroup } from './is-warning.ts'
import { ofStalled, stalledTask } from './stalled-task.ts'
import { stableFile, stableSymbol, stableText } from './stable-text.ts'

/**
 * Takes the match of a fault's first line, the messages of its report (that line the first of them), the line before it,
 * and the messages with which its report opens before it; returns the title, which is the same on each boot that breaks
 * in this way.
 */
export function faultTitle(
  match: SignatureMatch,
  report: readonly string[],
  before: string,
  lead: readonly string[] = [],
): string {
  const { signature, groups, message } = match
  const place = groups['file'] && groups['line'] ? ` at ${stableFile(groups['file'])}:${groups['line']}` : ''
  const inside = (): string => {
    const named = groups['function'] ? functionOf(message) : undefined
    const culprit = named && !isChecker(named) ? named : (culpritOf(report) ?? named)
    return culprit ? ` in ${culprit}` : ''
  }
  const title = byId[signature.id]?.({ groups, message, place, inside, report, before, lead })
  return stableText(title ?? message).replace(/[.!]$/, '')
}

interface Known {
  groups: Record<string, string>
  message: string
  /** ` at FILE:LINE`, or nothing. */
  place: string
  /** ` in FUNCTION [MODULE]`, or nothing. */
  inside: () => string
  report: readonly string[]
  before: string
  lead: readonly string[]
}

function functionOf(message: string): string | undefined {
  const symbol = /[\w.$]+\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[[^\]]+\])?/.exec(message)?.[0]
  const name = symbol && stableSymbol(symbol)
  return name && !isMappingSymbol(name) ? name : undefined
}

const inFunction = (said: string): string => {
  const what = asPrinted(said)
  const symbol = / in (.+)$/.exec(what)?.[1]
  return symbol ? what.replace(symbol, stableSymbol(symbol)) : what
}

/** The same, with the caller in the place of a function that copies memory for others or checks it, as `__hwasan_check_x0_2_short_v2`. */
const inCaller = (what: string, report: readonly string[]): string => {
  const symbol = / in (.+)$/.exec(what)?.[1]
  const caller = symbol && isChecker(stableSymbol(symbol)) ? culpritOf(report) : undefined
  return symbol && caller ? what.replace(symbol, caller) : inFunction(what)
}

const byId: Record<string, (known: Known) => string> = {
  'fault.hyp-panic': ({ groups }) => {
    const where = groups['where']?.replace(/!$/, '') ?? ''
    const symbol = functionOf(where)
    const file = /^(\S+):(\d+)$/.exec(where)
    return `hypervisor ${groups['what']}${symbol ? ` in ${symbol}` : file ? ` at ${stableFile(file[1]!)}:${file[2]}` : ''}`
  },
  'fault.hyp-exception': () => 'hypervisor panic: invalid host exception to nVHE hyp',
  'fault.panic': ({ groups }) => `panic: ${groups['why']}`,
  'fault.no-root': ({ groups }) => `no root file system: ${groups['why']}`,
  'fault.no-init': ({ groups }) => `no init: ${groups['why']?.split('  ')[0]}`,
  'fault.oops': ({ groups, inside, lead }) => `${groups['what'] || abortOf(lead)}${inside()}`,
  'fault.paging': ({ groups, inside }) => `${groups['what']}${inside()}`,
  'fault.x86-paging': ({ groups, inside }) => `${groups['what']?.replace(/ (?:for address|at)$/, '')}${inside()}`,
  'fault.x86-oops': ({ groups, inside }) => `${groups['what']?.replace(/, probably .*$/, '')}${inside()}`,
  'fault.bug': ({ place, inside }) => `BUG${inside()}${place}`,
  'fault.bug-bare': ({ inside }) => `BUG${inside()}`,
  'fault.serror': () => 'SError interrupt',
  'fault.bad-mode': ({ groups, inside }) => `${groups['vector'] ?? groups['handler']} exception${inside()}`,
  'fault.stack-overflow': ({ inside }) => `kernel stack overflow${inside()}`,
  'fault.cfi': ({ groups }) => `CFI failure in ${stableSymbol(groups['where'] ?? '')}`,
  'fault.warn': ({ place, inside }) => `WARN${inside()}${place}`,
  'fault.warn-7': ({ place, inside }) => `WARN${inside()}${place}`,
  'fault.hung-task': ({ groups, inside }) => `hung task ${groups['task']}${inside()}`,
  'fault.soft-lockup': ({ inside }) => `soft lockup${inside()}`,
  'fault.hard-lockup': ({ inside }) => `hard lockup${inside()}`,
  'fault.rcu-stall': ({ report }) => rcuStall(report),
  'fault.workqueue-stall': () => 'workqueue lockup',
  'fault.kasan': ({ groups, report }) => `KASAN: ${inCaller(groups['what'] ?? '', report)}`,
  'fault.kfence': ({ groups, report }) => `KFENCE: ${inCaller(groups['what'] ?? '', report)}`,
  'fault.kcsan': ({ groups }) => `KCSAN: ${sortedRace(groups['what'] ?? '')}`,
  'fault.ubsan': ({ groups, place }) => `UBSAN: ${groups['what']}${place}`,
  'fault.atomic': ({ place, inside }) => `sleeping function called from invalid context${inside()}${place}`,
  'fault.atomic-schedule': ({ groups, inside }) => `${groups['what']}${inside()}`,
  'fault.atomic-leak': () => 'workqueue leaked atomic, lock or RCU',
  'fault.preemptible': ({ groups, inside }) => `${groups['what']} in preemptible code${inside()}`,
  'fault.lockdep': ({ groups, report, inside, message }) =>
    `lockdep: ${groups['what'] ?? groups['bug'] ?? message.replace(/^\w+: (?:\S+\/\d+ )?/, '')}${lockPlace(report) ?? inside()}`,
  'fault.spinlock': ({ groups, inside }) => `${groups['what']}${inside()}`,
  'fault.list': ({ groups, inside }) => `${groups['what']}${inside()}`,
  'fault.page': ({ groups, inside }) => `${groups['what']}${inside()}`,
  'fault.slub': ({ groups }) => `SLUB: ${groups['what']} in ${groups['cache']}`,
  'fault.usercopy': ({ groups, inside }) => `${groups['what']}${inside()}`,
  // Which task asks for the page that is not there, and which one is killed, is chance.
  'fault.oom': ({ report }) => (isOfMemoryCgroup(report) ? 'memory cgroup out of memory' : 'out of memory'),
  'tfa.panic': ({ before }) => `TF-A panic${/^ERROR: +(?<why>.+)$/.exec(before)?.[1]?.replace(/^/, ': ') ?? ''}`,
  'tfa.panic-el3': () => 'TF-A panic in EL3',
  'tfa.exception': ({ groups }) => `TF-A: Unhandled ${groups['what']}`,
  'tfa.external-abort': ({ groups }) => `TF-A: Unhandled External Abort from ${groups['level'] ?? groups['here']}`,
  'tfa.assert': ({ groups }) =>
    `TF-A assert at ${stableFile(groups['file'] ?? '')}:${Number(groups['line'] ?? groups['padded'])}`,
  'tfa.spmd-failed': ({ groups }) => `TF-A: ${groups['function']} failed`,
  'tc.panic': ({ groups, place }) =>
    `OP-TEE panic${groups['why'] ? ` '${groups['why']}'` : ''}${groups['function'] ? ` in ${groups['function']}` : ''}${place}`,
  'tc.abort': ({ groups }) => `OP-TEE: core ${groups['what']}-abort${detail(groups['fault'])}`,
  'tc.user-abort': ({ groups }) => `OP-TEE: user mode ${groups['what']}-abort${detail(groups['fault'])}`,
  'tc.assert': ({ groups, place }) =>
    `OP-TEE assertion${groups['what'] ? ` '${shortened(groups['what'])}'` : ''} failed${place}`,
  'tc.ta-panicked': ({ groups, report }) => `OP-TEE: TA${taOf(report)} panicked with code 0x${groups['code']}`,
  'tc.sp-failed': ({ groups }) => `OP-TEE: ${groups['what']}${groups['rc'] ? ` (0x${groups['rc']})` : ''}`,
  'tc.sp-panicked': ({ groups }) => `OP-TEE: ${groups['who']} panicked with code 0x${groups['code']}`,
  'edk2.exception': ({ groups, report }) => `EDK2: ${groups['what']} exception${image(report)}`,
  'edk2.exception-x64': ({ groups, report }) => `EDK2: exception ${groups['what']}${image(report)}`,
  'edk2.assert': ({ groups, place, report }) =>
    `EDK2 assert in ${groups['module']}${place}: ${wholeCondition(groups['what'] ?? '', report[1])}`,
  'edk2.assert-wrapped': ({ groups, report }) => wrappedAssert(groups['module'] ?? '', report),
  'uboot.hang': ({ before }) => `U-Boot hangs${before ? ` after: ${before}` : ''}`,
  'uboot.exception': ({ groups }) => `U-Boot: "${groups['what']}"`,
  'uboot.initcall': ({ groups }) => `U-Boot: an initcall failed (${groups['errno']})`,
  'uboot.no-boot': ({ groups }) => `U-Boot: ${groups['what']}`,
  'uboot.no-network': ({ groups }) => `U-Boot: ${groups['what'] ?? groups['bootp']}`,
  'hafnium.partition-fault': ({ groups, report }) =>
    `Hafnium: stage-${groups['stage']} page fault of partition ${partition(groups['id'])}${whatCame(report)}`,
  'hafnium.injected': ({ groups }) => `Hafnium: ${groups['what']} injected into partition ${partition(groups['id'])}`,
  'hafnium.aborted': ({ groups }) => `Hafnium: partition ${partition(groups['id'])} aborted`,
  'hafnium.panic': ({ groups }) => `Hafnium panic: ${groups['why']}`,
  'hafnium.exception': ({ groups }) => `Hafnium: ${groups['what'] ?? 'unknown exception'}`,
  'lk.panic': ({ groups }) => `LK panic: ${groups['why']}`,
}

/** Of RCU's own thread nothing is told: it waits as everybody does. */
function rcuStall(report: readonly string[]): string {
  const task = stalledTask(report)
  const culprit = culpritOf(ofStalled(report))
  return `RCU stall${task ? ` of ${task}` : ''}${culprit ? ` in ${culprit}` : ''}`
}

/** The abort that a 32-bit kernel names before an oops without a name (arch/arm/mm/fault.c do_DataAbort()). */
function abortOf(lead: readonly string[]): string {
  const what = lead.map((line) => /^Unhandled (?:fault|prefetch abort): (.+) \(0x/.exec(line)?.[1]).findLast(Boolean)
  return what ?? 'abort that nothing names'
}

/** Which trusted application it is, as ldelf says behind a panic (ldelf/main.c print_to_console()). */
function taOf(report: readonly string[]): string {
  const uuid = report.map((line) => /^E\/LD: +Status of TA ([0-9a-f-]{36})/.exec(line)?.[1]).find(Boolean)
  return uuid ? ` ${uuid}` : ''
}

/** The id of a partition as Hafnium writes it since 2.4; 32769 is what it wrote of 0x8001 before. */
function partition(id = ''): string {
  return id.startsWith('0x') ? id : `0x${Number(id).toString(16)}`
}

/** What Hafnium did to a partition that faulted. */
function whatCame(report: readonly string[]): string {
  const injected = report.map((line) => /\bInjecting (\w+ Abort) exception\b/.exec(line)?.[1]).find(Boolean)
  if (injected) return ` (${injected} injected)`
  return report.some((line) => /\bAborting VM \S+ vCPU \d/.test(line)) ? ' (aborted)' : ''
}

/** A condition that a terminal cut: what closes its brackets stands in the next line. */
function wholeCondition(what: string, next = ''): string {
  return isOpen(what) && next !== '' && !isOpen(what + next) ? what + next : what
}

function isOpen(condition: string): boolean {
  return condition.split('(').length > condition.split(')').length
}

/** An assert that a terminal or a mail cut into at most three lines, of which none but the last can end. */
function wrappedAssert(module: string, [first = '', ...rest]: readonly string[]): string {
  for (const more of [1, 2]) {
    const whole = [first, ...rest.slice(0, more)].join('')
    const found = /^ASSERT \[[^\]]*\] (?<file>.+)\((?<line>\d+)\): (?<what>.*)$/.exec(whole)?.groups
    if (found)
      return `EDK2 assert in ${module} at ${stableFile(found['file'] ?? '')}:${found['line']}: ${found['what']}`
  }
  return `EDK2 assert in ${module}`
}

/** A condition so long that its place would be cut off. */
function shortened(condition: string): string {
  return condition.length > 80 ? `${condition.slice(0, 77)}...` : condition
}

function detail(fault: string | undefined): string {
  return fault ? ` (${fault})` : ''
}

/** `data-race in a / b`: which one comes first is chance. */
function sortedRace(what: string): string {
  const pair = /^(.* in )(\S+) \/ (\S+)$/.exec(what)
  return pair ? `${pair[1]}${[pair[2]!, pair[3]!].toSorted().join(' / ')}` : inFunction(what)
}

/** Where the lock was taken that made lockdep speak (`..., at: FUNCTION`), or the line that used RCU wrongly. */
function lockPlace(report: readonly string[]): string | undefined {
  for (const line of report) {
    const at = /\bat: (\S+\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[[^\]]+\])?)$/.exec(line)?.[1]
    if (at) return ` in ${stableSymbol(at)}`
    const rcu = /^(\S+:\d+) suspicious (\S+) usage!/.exec(line)
    if (rcu) return `: ${rcu[2]} at ${rcu[1]}`
  }
  return undefined
}

/** The image that EDK2's exception dump names first: `PC 0x... [ 0] Name.dll`. */
function image(report: readonly string[]): string {
  const name = report.map((line) => /\[ *0\] (?:.*\/)?(\w+)\.(?:dll|efi|pdb)/.exec(line)?.[1]).find(Boolean)
  return name ? ` in ${name}` : ''
}
