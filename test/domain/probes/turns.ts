import type { Shown } from '../../../domain/attempt.ts'
import type { Outcome } from '../../../domain/finding.ts'
import type { EfiVariableBody, FfaCallBody, RecordBody } from '../../../domain/records/record.ts'
import type { NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import { configWanted, probeGroups } from '../../../domain/probes/registry.ts'
import { functionName } from '../../../domain/smc/function-ids.ts'
import { bootAggregate, file } from '../ima/lists.ts'
import { callsOf, traced } from '../smc/traces.ts'
import { someEvents, text } from '../tcg/logs.ts'
import { bootRecords, bypassRecords, entriesAfter, fileRecord, tpmBanks, tpmCommand } from './measured-records.ts'
import {
  boots,
  call,
  calls,
  consoleOf,
  consolesOf,
  end,
  hello,
  labOf,
  realRecords,
  recordsOf,
  shownOf,
  wired,
  without,
  type Showing,
} from './showing.ts'
import { fids, leaveOut, made, pkvmStarts, tracedShown } from './traced.ts'

/** A showing, and the same with one piece of its evidence turned around: what the finding comes to before and after. */
export interface Turn {
  /** What is turned around. */
  what: string
  before: [Outcome, Shown]
  after: [Outcome, Shown]
}

const says = (lines: string[], showing: Showing = {}): Shown =>
  shownOf({ consoles: [consoleOf(`${lines.join('\n')}\n`)], ...showing })
const records = (bodies: RecordBody[], showing: Showing = {}): Shown =>
  shownOf({ records: recordsOf(hello, ...bodies, end), ...showing })

/** A real boot, its first console or its records changed. */
function boot(
  name: string,
  change: { edit?: (log: string) => string; body?: (body: RecordBody) => RecordBody } = {},
): Shown {
  const { edit, body = (same) => same } = change
  return shownOf({
    mode: name === boots.builtinNvhe ? 'nvhe' : 'protected',
    consoles: consolesOf(name, edit),
    records: realRecords(name).map((record) => ({ ...record, body: body(record.body) })),
  })
}

const refusedCall =
  (name: string) =>
  (body: RecordBody): RecordBody =>
    body.fact === 'ffa-call' && body.name === name && body.about !== 'nobody'
      ? {
          ...body,
          status: 'NOT_SUPPORTED',
          errno: -95,
          response: ['0x84000060', '0x0', '0xffffffff', ...body.response.slice(3)],
        }
      : body
/** Every partition says that it takes messages of FF-A 1.2. */
const takesBoth = (body: RecordBody): RecordBody =>
  body.fact === 'ffa-partition' && body.id !== 0 ? { ...body, properties: 0x303 } : body
const answersBoth = (body: RecordBody): RecordBody =>
  body.fact === 'ffa-call' && body.name === 'FFA_MSG_SEND_DIRECT_REQ2'
    ? ({ ...body, status: 'DIRECT_RESP2', errno: 0 } satisfies FfaCallBody)
    : body

const module = callsOf(traced.modulePkvm)
const isCall = (name: string) => (one: (typeof module)[number]) =>
  !one.secure && one.from === 1 && functionName(one.request[0] ?? 0n) === name
const lastCall = module.findLast(isCall('FFA_SPM_ID_GET'))

const protectedLine = '[    0.475190] kvm [1]: Protected hVHE mode initialized successfully'
const hypPanic = [
  '[    5.000000] kvm [1]: nVHE hyp BUG at: [<ffffd9a1b5a1b0c4>] __kvm_nvhe_hyp_ffa_init+0x1a4/0x1c0!',
  '[    5.000001] Kernel panic - not syncing: HYP panic:',
]
const deferred = '[    0.800000] probe of d with driver x returned 517 after 1 usecs'
const cameAfter = '[    0.950000] probe of d with driver x returned 0 after 1 usecs'
const userspace = '[    1.000000] Run /init as init process'
const tpmCame = '[    0.700000] probe of MSFT0101:00 returned 0 after 1 usecs'
const imaStarts = [
  '[    0.814581] calling  init_ima+0x0/0xf8 @ 1',
  '[    0.816394] ima: Allocated hash algorithm: sha256',
  '[    0.822454] initcall init_ima+0x0/0xf8 returned 0 after 7824 usecs',
]
const ffaSpeaks = '[    0.900000] ARM FF-A: Driver version 1.2'
const certs = '[    0.860000] calling  load_uefi_certs+0x0/0x100 @ 1'
const tables = 'efi: ACPI 2.0=0xbe062018 TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 '
const noInterface = 'ffa-crb arm-ffa-2: failed to get crb interface version. rc:-95'
const tpms = (...names: string[]): RecordBody => ({ fact: 'list', path: '/sys/class/tpm', rc: 0, names })
const tpmTable = Buffer.alloc(76)
tpmTable.write('TPM2')
tpmTable.writeUInt32LE(6, 48)
const tablePath = '/sys/firmware/acpi/tables/TPM2'

const fuzzed = (strange: number): Shown =>
  records(
    [
      fileRecord(
        '/proc/hyplab-ffa-fuzz',
        `seed 1 milliseconds 3000 workers 2 crb 0xc0000000
partition 0x8001 other calls 3646 answered 2150 refused 1496 busy 0 strange ${strange} roll-call same
guard intact
`,
      ),
    ],
    { modules: ['ffa-fuzz'] },
  )

const entries = entriesAfter(someEvents)
const eventLog = '/sys/kernel/security/tpm0/binary_bios_measurements'
const cutLog = bootRecords().map((body) =>
  body.fact === 'file' && body.path === eventLog ? { ...body, text: body.text.slice(0, -3) } : body,
)

const variable = 'SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'
const ours = 'HyplabTest-12345678-1234-1234-1234-123456789abc'
function step(
  when: EfiVariableBody['when'],
  name: EfiVariableBody['step'],
  rc = 0,
  more: Partial<EfiVariableBody> = {},
): EfiVariableBody {
  return { fact: 'efi-variable', when, step: name, name: '', at: 1, took: 0.01, rc, ...more }
}
const works = (when: EfiVariableBody['when']): RecordBody[] => [
  step(when, 'mount'),
  step(when, 'list', 0, { count: 19 }),
  step(when, 'read', 0, { name: variable, bytes: '0600000000' }),
]
const refuses = (when: EfiVariableBody['when']): RecordBody[] => [
  step(when, 'mount'),
  step(when, 'list', 0, { count: 0 }),
  step(when, 'read', -2, { name: variable }),
  step(when, 'write', -22, { name: ours }),
]
const ffaModule = { config: { ARM_FFA_TRANSPORT: 'm' }, modules: ['ffa-core', 'ffa-module'] }
const ffaLoads: RecordBody = { fact: 'module', name: 'ffa-module', rc: 0 }
const roundTrip = (value: string): Shown =>
  records([
    ...works('after-modules'),
    step('after-modules', 'write', 0, { name: ours }),
    step('after-modules', 'read', 0, { name: ours, bytes: `07000000${Buffer.from(value).toString('hex')}` }),
    step('after-modules', 'delete', 0, { name: ours }),
  ])

const outlet = { about: 'power', by: 'outlet 3 of pdu1', words: '' } as const
const wentOn = { ...outlet, told: 'on', says: 'on' } as const
const wentOff = { ...outlet, told: 'off', says: 'off' } as const
const uart = { about: 'console', by: 'uart0', console: 'uart0', words: '' } as const
const attached = { ...uart, is: 'attached' } as const
const letGo = { ...uart, is: 'closed', bytes: 71_000 } as const
const refusedConsole = { ...uart, is: 'broken', words: 'The console server said: Port already in use.' } as const
const offered = (file: string) => ({ about: 'flash', by: 'tftp of bench', file, is: 'offered', words: '' }) as const
const loaded = (file: string) =>
  ({ about: 'flash', by: 'the boot loader', file, is: 'loaded', words: 'crc32 1a2b3c4d' }) as const
const notLoaded = {
  about: 'flash',
  by: 'the boot loader',
  is: 'broken',
  words: 'The board could not load initrd because the server does not answer.',
} as const
const firstByte = { about: 'first byte', by: 'uart0', seconds: 0.4, limit: 15, words: '' } as const
const board = (...facts: NewLabFact[]): Shown => shownOf({ records: [], lab: labOf(...facts) })

/** For each finding one showing whose evidence is turned around. */
export const turns: Record<string, Turn> = {
  'pkvm.mode': {
    what: "the mode in KVM's line",
    before: ['pass', says([protectedLine])],
    after: ['fail', says([protectedLine.replace('Protected hVHE', 'Hyp nVHE')])],
  },
  'pkvm.finalised': {
    what: 'what finalize_pkvm() returned',
    before: ['pass', boot(boots.builtinPkvm)],
    after: ['fail', boot(boots.builtinPkvm, { edit: (log) => log.replace(/(finalize_pkvm\S+ returned )0/, '$1-22') })],
  },
  'pkvm.panic': {
    what: 'a panic of the hypervisor',
    before: ['pass', says([protectedLine])],
    after: ['fail', says([protectedLine, ...hypPanic])],
  },
  'order.ffa-before-kvm': {
    what: "the place of FF-A's lines",
    before: ['fail', boot(boots.builtinPkvm)],
    after: [
      'pass',
      boot(boots.builtinPkvm, {
        edit: (log) => {
          const lines = log.split('\n')
          const isFfa = (line: string) => /ffa_init|ARM FF-A/.test(line)
          return [...lines.filter((line) => !isFfa(line)), ...lines.filter(isFfa)].join('\n')
        },
      }),
    ],
  },
  'order.initcalls': {
    what: 'the lines of initcall_debug',
    before: ['pass', boot(boots.builtinPkvm)],
    after: ['unknown', boot(boots.builtinPkvm, { edit: without(/(?:calling|initcall|probe of) /) })],
  },
  'order.deferred': {
    what: 'the probe that took the device in the end',
    before: ['pass', says([deferred, cameAfter, userspace])],
    after: ['fail', says([deferred, userspace])],
  },
  'order.ima-tpm': {
    what: "the place of the TPM's line",
    before: ['pass', says([tpmCame, ...imaStarts])],
    after: ['fail', says([...imaStarts, tpmCame])],
  },
  'order.uefi-certs': {
    what: "the place of FF-A's line",
    before: ['pass', says([protectedLine, ffaSpeaks, certs])],
    after: ['fail', says([protectedLine, certs, ffaSpeaks])],
  },
  'ffa.version': {
    what: 'what the driver says of the version',
    before: ['pass', says(['ARM FF-A: Driver version 1.2', 'ARM FF-A: Firmware version 1.2 found'])],
    after: ['fail', says(['ARM FF-A: Driver version 1.2', 'ARM FF-A: FFA_VERSION returned not supported'])],
  },
  'ffa.usable': {
    what: 'the answers to our calls',
    before: ['pass', records(calls(), { consoles: consolesOf(boots.modulePkvm) })],
    after: ['fail', records(calls('INVALID_PARAMETERS', -22), { consoles: consolesOf(boots.modulePkvm) })],
  },
  'ffa.partitions': {
    what: 'how many there are',
    before: ['pass', records([call('FFA_PARTITION_INFO_GET')], { consoles: consolesOf(boots.modulePkvm) })],
    after: [
      'fail',
      records([call('FFA_PARTITION_INFO_GET', 'SUCCESS', 0, 5, 0)], { consoles: consolesOf(boots.modulePkvm) }),
    ],
  },
  'ffa.negotiated': {
    what: 'the answer to FFA_ID_GET',
    before: ['pass', boot(boots.modulePkvm)],
    after: ['fail', boot(boots.modulePkvm, { body: refusedCall('FFA_ID_GET') })],
  },
  'ffa.notifications': {
    what: 'the answer to FFA_NOTIFICATION_BITMAP_CREATE',
    before: ['pass', boot(boots.builtinNvhe)],
    after: ['fail', boot(boots.builtinNvhe, { body: refusedCall('FFA_NOTIFICATION_BITMAP_CREATE') })],
  },
  'ffa.direct-message': {
    what: 'the answer to the message',
    before: ['pass', boot(boots.modulePkvm)],
    after: ['fail', boot(boots.modulePkvm, { body: refusedCall('FFA_MSG_SEND_DIRECT_REQ') })],
  },
  'ffa.direct-message-2': {
    what: 'the answer to the message',
    before: ['pass', boot(boots.builtinNvhe, { body: (body) => answersBoth(takesBoth(body)) })],
    after: ['fail', boot(boots.builtinNvhe, { body: takesBoth })],
  },
  'ffa.memory': {
    what: 'what the driver said of taking the page back',
    before: ['pass', boot(boots.builtinNvhe)],
    after: [
      'fail',
      boot(boots.builtinNvhe, {
        body: (body) => (body.fact === 'ffa-driver' && body.op === 'memory_reclaim' ? { ...body, errno: -95 } : body),
      }),
    ],
  },
  'ffa-path.callers': {
    what: 'the trace, of which nothing is left',
    before: ['pass', tracedShown(module)],
    after: ['skip', tracedShown([])],
  },
  'ffa-path.bypass': {
    what: 'where the last call went',
    before: ['pass', tracedShown(module)],
    after: ['fail', tracedShown(module.map((one) => (one === lastCall ? { ...one, to: 3 } : one)))],
  },
  'ffa-path.version': {
    what: 'FFA_VERSION, which is taken out',
    before: ['pass', tracedShown(module)],
    after: ['fail', tracedShown(leaveOut(module, isCall('FFA_VERSION')))],
  },
  'ffa-path.rxtx': {
    what: 'where FFA_RXTX_MAP went',
    before: ['pass', tracedShown(module)],
    after: [
      'fail',
      tracedShown([
        ...module.filter(isCall('FFA_RXTX_MAP')).map((one) => ({ ...one, to: 3 as const })),
        ...leaveOut(module, isCall('FFA_RXTX_MAP')),
      ]),
    ],
  },
  'ffa-path.refused': {
    what: "pKVM's own call, by which it passed the other on",
    before: [
      'pass',
      tracedShown([
        pkvmStarts,
        made(fids.idGet, { to: 2, answer: 'DENIED', at: 1 }),
        made(fids.idGet, { by: 'pKVM', from: 2, answer: 'DENIED', at: 1.5 }),
      ]),
    ],
    after: ['fail', tracedShown([pkvmStarts, made(fids.idGet, { to: 2, answer: 'DENIED', at: 1 })])],
  },
  'ffa-path.efi': {
    what: 'the answer',
    before: ['pass', tracedShown([made(fids.directReq, { by: 'EFI runtime' })])],
    after: ['fail', tracedShown([made(fids.directReq, { by: 'EFI runtime', answer: 'DENIED' })])],
  },
  'optee.driver': {
    what: "the driver's last word",
    before: ['pass', boot(boots.builtinNvhe)],
    after: [
      'fail',
      boot(boots.builtinNvhe, {
        edit: (log) => log.replace('optee: initialized driver', 'optee: Unexpected error -95'),
      }),
    ],
  },
  'partition.survives': { what: 'an answer that is none', before: ['pass', fuzzed(0)], after: ['fail', fuzzed(2)] },
  'tpm.table': {
    what: 'the table, which is cut',
    before: ['pass', records([fileRecord(tablePath, tpmTable.toString('latin1'))])],
    after: ['fail', records([fileRecord(tablePath, 'TPM2')])],
  },
  'tpm.interface': {
    what: "the driver's line",
    before: ['pass', says(['ffa-crb arm-ffa-2: ABI version 1.0'])],
    after: ['fail', says([noInterface])],
  },
  'tpm.driver': {
    what: 'the list of TPMs',
    before: ['pass', records([tpms('tpm0')], { consoles: [consoleOf(noInterface)] })],
    after: ['fail', records([tpms()], { consoles: [consoleOf(noInterface)] })],
  },
  'tpm.command': {
    what: 'the code of the answer',
    before: ['pass', records([tpmCommand()])],
    after: ['fail', records([tpmCommand(0x100)])],
  },
  'tpm.banks': {
    what: 'a bank that the TPM tells',
    before: ['pass', records([...bootRecords({ banks: ['sha1', 'sha256'] }), tpmBanks([0x04, 0x0b])])],
    after: ['fail', records([...bootRecords({ banks: ['sha1', 'sha256'] }), tpmBanks([0x0b])])],
  },
  'tpm.handover': {
    what: 'the list of TPMs',
    before: ['pass', records([tpms('tpm0')], { consoles: [consoleOf(tables)] })],
    after: ['fail', records([tpms()], { consoles: [consoleOf(tables)] })],
  },
  'ima.tpm': {
    what: 'the digest of boot_aggregate',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ entries: [bootAggregate(Buffer.alloc(32)), ...entries.slice(1)] }))],
  },
  'ima.boot-aggregate': {
    what: 'a PCR',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ events: someEvents.slice(1), entries }))],
  },
  'ima.replay': {
    what: 'an entry of the list',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ listed: entries.with(1, file('/evil')) }))],
  },
  'ima.list': {
    what: 'an entry of the binary list',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ binary: entries.with(3, file('/evil')) }))],
  },
  'ima.policy': {
    what: 'the rules',
    before: ['pass', asksPolicy(records(bootRecords({ policy: 'measure func=BPRM_CHECK\n' })))],
    after: ['fail', asksPolicy(records(bootRecords({ policy: '' })))],
  },
  'ima.consistent': {
    what: 'the number of entries that the kernel counts',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ count: 2 }))],
  },
  'eventlog.parsed': {
    what: 'the end of the log',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(cutLog)],
  },
  'eventlog.replay': {
    what: 'the digest of an event',
    before: ['pass', records(bootRecords())],
    after: ['fail', records(bootRecords({ logged: someEvents.with(4, { ...someEvents[4]!, measured: text('x') }) }))],
  },
  'efivars.before-driver': {
    what: 'what came back before the module',
    before: ['pass', records([...works('before-modules'), ffaLoads, ...works('after-modules')], ffaModule)],
    after: ['fail', records([...refuses('before-modules'), ffaLoads, ...works('after-modules')], ffaModule)],
  },
  'efivars.after-driver': {
    what: 'what came back after the module',
    before: ['pass', records([...works('before-modules'), ffaLoads, ...works('after-modules')], ffaModule)],
    after: ['fail', records([...works('before-modules'), ffaLoads, ...refuses('after-modules')], ffaModule)],
  },
  'efivars.certs': {
    what: 'what the kernel said of the certificates',
    before: ['pass', says(['integrity: Loading X.509 certificate: UEFI:db'])],
    after: ['fail', says(["integrity: Couldn't get size: 0x8000000000000002"])],
  },
  'efivars.efivarfs': {
    what: 'what came back',
    before: ['pass', records(works('after-modules'))],
    after: ['fail', records(refuses('after-modules'))],
  },
  'efiwrite.round-trip': {
    what: 'the value that came back',
    before: ['pass', roundTrip('hyplab')],
    after: ['fail', roundTrip('HYPLAB')],
  },
  'fault.kernel': {
    what: 'a panic',
    before: ['pass', says([userspace])],
    after: ['fail', says([userspace, '[    1.100000] Kernel panic - not syncing: x'])],
  },
  'fault.firmware': {
    what: 'a panic of OP-TEE',
    before: ['pass', says([userspace])],
    after: [
      'fail',
      says([userspace, 'E/TC:1   Panic at core/arch/arm/kernel/thread_spmc.c:2030 <thread_spmc_msg_recv>']),
    ],
  },
  'lab.power': {
    what: 'what the outlet says after it was told off',
    before: ['pass', board(wentOn, wentOff)],
    after: ['fail', board(wentOn, { ...wentOff, says: 'on' })],
  },
  'lab.console': {
    what: 'how the way to the UART ended',
    before: ['pass', board(attached, letGo)],
    after: ['fail', board(attached, refusedConsole)],
  },
  'lab.flash': {
    what: 'the load of the initrd',
    before: ['pass', board(offered('kernel'), offered('initrd'), loaded('kernel'), loaded('initrd'))],
    after: ['fail', board(offered('kernel'), offered('initrd'), loaded('kernel'), notLoaded)],
  },
  'lab.first-byte': {
    what: 'the first byte, which does not come',
    before: ['pass', board(firstByte)],
    after: ['fail', board({ ...firstByte, by: 'every console', seconds: null })],
  },
  'lab.wire': {
    what: 'a digit on the console',
    before: ['pass', wired(['[    0.100000] optee: probe failed -22'])],
    after: ['fail', wired(['[    0.100000] optee: probe failed -21'])],
  },
  'lab.health': {
    what: 'what the place did when it was looked at',
    before: ['pass', board({ about: 'health', by: 'board-1', is: 'healthy', words: 'It is healthy.' })],
    after: ['fail', board({ about: 'health', by: 'board-1', is: 'ill', words: 'board-1 said nothing.' })],
  },
}

/** The showing of a kernel that was asked for a policy of IMA. */
function asksPolicy(shown: Shown): Shown {
  return { ...shown, asked: { ...shown.asked, cmdline: `${shown.asked.cmdline} ima_policy=tcb` } }
}

const nothingBuilt = Object.fromEntries(configWanted(probeGroups).map((symbol) => [symbol, 'n']))

/** Showings that leave a question open, or without an object. */
export const bare: Record<string, Shown> = {
  'a board did nothing that was noted': shownOf({ records: [], lab: labOf() }),
  'the place is a model': shownOf({ records: [], lab: { kind: 'fvp', facts: [] } }),
  'records of a board had a channel of their own': shownOf({ lab: labOf() }),
  'nothing came back': shownOf({ records: [] }),
  'nothing is built': shownOf({ config: nothingBuilt }),
  'pKVM was not asked for': shownOf({ mode: 'nvhe' }),
  'pKVM alone made a call': tracedShown([pkvmStarts]),
  'the partitions were attacked and nothing is known of it': shownOf({ modules: ['ffa-fuzz'] }),
  'there is no EFI, no ACPI and no TPM': says(['efi: UEFI not found.'], {
    records: recordsOf(hello, tpms(), { fact: 'list', path: '/sys/firmware/acpi/tables', rc: -2, names: [] }, end),
  }),
  'IMA had no TPM': records(bypassRecords(false)),
  'it was cut off early': asksPolicy(
    says([protectedLine], {
      ...ffaModule,
      records: recordsOf(hello, ...bootRecords({ entries: entries.slice(0, 1) })),
    }),
  ),
}
