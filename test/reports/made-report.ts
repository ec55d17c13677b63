/** Reports that were made up, judged by the real rules: a plain one, and any number of hostile ones. */
import fc from 'fast-check'
import { endings } from '../../domain/attempt.ts'
import type { Expectation } from '../../domain/cell.ts'
import type { ConsoleLine } from '../../domain/console/line.ts'
import type { Evidence } from '../../domain/evidence/evidence.ts'
import { outcomes, type Finding } from '../../domain/finding.ts'
import { compareNight } from '../../domain/night/compare-night.ts'
import { tellNight } from '../../domain/night/tell-night.ts'
import { inContext } from '../../domain/report/in-context.ts'
import type { CellState, Report, ReportAttempt, ReportCell } from '../../domain/report/report.ts'
import { weigh } from '../../domain/report/weigh.ts'
import { stages } from '../../domain/stage.ts'
import { verdictOfAttempt } from '../../domain/verdict/attempt-verdict.ts'
import { verdictOf } from '../../domain/verdict/cell-verdict.ts'
import { counts } from '../../domain/verdict/counts.ts'
import type { JudgedAttempt } from '../../domain/verdict/verdict.ts'

/** 2026-12-01 01:30 UTC. */
export const began = Date.parse('2026-12-01T01:30Z')

/** What a made-up cell is made from. */
export interface MadeCell {
  id: string
  axes: Record<string, string>
  expectations: Expectation[]
  attempts: JudgedAttempt[]
  /** What its console said. */
  log: ConsoleLine[]
  /** A cell that is not judged, and why. */
  unjudged?: Exclude<CellState, 'judged'>
  /** The issue that its failure is known as. */
  known?: string
  cmdline?: string
}

/** A cell with its verdict, by the rules by which real ones get theirs. */
export function makeCell(run: number, number: number, made: MadeCell): ReportCell {
  const { id, axes, expectations, log, unjudged, known, cmdline = 'kvm-arm.mode=protected' } = made
  const policy = { count: 1, infra: 2 }
  return {
    result: `${run}.${number}`,
    number,
    id,
    axes,
    kernel: {
      name: axes['kernel'] ?? 'linux',
      sources: [{ kind: 'debian', package: 'linux', version: '6.18.5-1' }],
      patches: [],
    },
    state: unjudged ?? 'judged',
    verdict: unjudged ? null : verdictOf(made.attempts, expectations, policy),
    known: known ?? null,
    expectations,
    cmdline,
    target: 'qemu',
    kernelBuild: 'a'.repeat(64),
    firmwareBuild: 'b'.repeat(64),
    attempts: made.attempts.map((attempt) => makeAttempt(`${run}.${number}`, attempt, expectations, log)),
  }
}

function makeAttempt(
  cell: string,
  attempt: JudgedAttempt,
  expectations: Expectation[],
  log: ConsoleLine[],
): ReportAttempt {
  const { number, ending, sentence, findings } = attempt
  const says = counts(ending) ? verdictOfAttempt(attempt, expectations) : null
  const weights = weigh(findings, expectations, says)
  return {
    id: `${cell}.${number}`,
    number,
    place: `qemu/${cell}`,
    started: began + number * 10_000,
    ended: began + number * 10_000 + 2_400,
    ending,
    sentence,
    stage: 'off',
    says,
    stages: stages.slice(1, 8).map((stage, index) => ({ stage, seconds: 0.05 + index / 8 })),
    findings: findings.map((finding, index) => ({
      ...finding,
      weight: weights[index]!,
      evidence: finding.evidence.map((one) => inContext(one, log)),
    })),
    files: [{ name: 'console/uart0', sha256: 'c'.repeat(64), size: 31_337 }],
  }
}

/** A run of these cells; with a `schedule` a night, told against no night before it. */
export function makeReport(cells: readonly MadeCell[], schedule?: string): Report {
  const made = cells.map((cell, index) => makeCell(12, index + 1, cell))
  const goesOn = made.some(({ state }) => state === 'open')
  const night = {
    id: 3,
    schedule: schedule ?? '',
    workflowId: 'lab-night-nightly-2026-12-01T01:30:00Z',
    due: began,
    begun: began,
    run: 12,
    fault: null,
    owner: 'the lab',
    zone: 'Europe/Berlin',
    unchangedSince: null,
  }
  return {
    schemaVersion: 1,
    told: began + 60_000,
    night: schedule === undefined ? null : night,
    story: schedule === undefined ? null : storyOf(made),
    run: {
      id: 12,
      workflowId: 'lab-run-12',
      plan: 'first-look',
      planFile: '/plans/first-look.yaml',
      state: goesOn ? 'running' : 'finished',
      buildsOnly: false,
      started: began,
      ended: goesOn ? null : began + 24_000,
      exitCode: goesOn ? null : 1,
      summary: goesOn ? null : 'Not as expected: 1 fail.',
    },
    cells: made,
    builds: [
      {
        id: 'a'.repeat(64),
        kind: 'kernel',
        name: 'linux-6.18.5',
        outcome: 'ok',
        fault: null,
        started: began - 400_000,
        seconds: 395.2,
        inputs: {
          source: `sha256:${'d'.repeat(64)}`,
          patches: ['e'.repeat(64)],
          base: 'allnoconfig',
          symbols: { ARM_FFA_TRANSPORT: 'y' },
          toolchain: { compiler: 'aarch64-linux-gnu-gcc 14.2.0', linker: 'GNU ld 2.44' },
        },
        products: [{ name: 'Image', sha256: 'f'.repeat(64), size: 12_345_678 }],
      },
    ],
    strips: [
      {
        cell: made[0]?.id ?? '',
        finding: 'ffa.usable',
        failed: { happened: 1, of: 3, low: 0.04, high: 0.8, level: 0.95 },
        boxes: [
          { attempt: '10.1.1', at: began - 2 * 86_400_000, said: 'pass' },
          { attempt: '11.1.1', at: began - 86_400_000, said: 'infra' },
          { attempt: '12.1.1', at: began, said: 'fail' },
        ],
      },
    ],
  }
}

function storyOf(cells: readonly ReportCell[]): NonNullable<Report['story']> {
  const tonight = cells.map(({ id, result, verdict, attempts }) => ({
    cell: id,
    result,
    at: began,
    verdict: verdict?.verdict ?? null,
    sentence: verdict?.sentence ?? '',
    unexpected: { failed: 0, of: attempts.length },
    failing: [],
    inputs: {},
  }))
  const past = () => []
  return tellNight(compareNight(tonight, past), [], past, began)
}

/** Lines of a console by their texts, from 1. */
export function logOf(texts: readonly string[]): ConsoleLine[] {
  return texts.map((text, index) => ({ number: index + 1, offset: index, text }))
}

/** The thread's bug in one cell, a good one, one that the lab broke, a flaky one and one that was not run. */
export function plainReport(schedule?: string): Report {
  const log = logOf([
    '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]',
    '[    0.536521] calling  ffa_init+0x0/0x708 @ 1',
    '[    0.537277] ARM FF-A: Firmware version 1.2 found',
    '[    0.621795] calling  kvm_arm_init+0x0/0x12b4 @ 1',
    '[    0.703777] kvm [1]: Protected hVHE mode initialized successfully',
    '[    0.792421] optee: Unexpected error -22',
    '[    0.800000] Freeing unused kernel memory: 1984K, and a line that is much longer than any line of a mail may be',
  ])
  const cite = (from: number, to = from): Evidence => ({
    kind: 'console',
    console: 'uart0',
    from,
    to,
    text: log
      .slice(from - 1, to)
      .map(({ text }) => text)
      .join('\n'),
  })
  const order: Finding = {
    id: 'order.ffa-before-kvm',
    outcome: 'fail',
    sentence: 'FF-A (ffa_init, built-in) talked to the firmware at 0.537 s, before kvm_arm_init ran at 0.622 s.',
    evidence: [cite(2), cite(4)],
    facts: {},
  }
  const usable = (outcome: 'pass' | 'fail'): Finding => ({
    id: 'ffa.usable',
    outcome,
    sentence:
      outcome === 'fail'
        ? 'FF-A cannot be used: FFA_ID_GET after pKVM took over gave INVALID_PARAMETERS (-22).'
        : 'FF-A works: FFA_ID_GET, FFA_FEATURES, FFA_PARTITION_INFO_GET came back after pKVM took over.',
    evidence: [{ kind: 'record', sequence: 9, text: 'FFA_ID_GET at 1.32 s: INVALID_PARAMETERS (-22)' }, cite(3)],
    facts: { errno: -22 },
    ...(outcome === 'fail' && { because: 'order.ffa-before-kvm' }),
  })
  const optee: Finding = {
    id: 'optee.driver',
    outcome: 'fail',
    sentence: 'The OP-TEE driver gave up: optee: Unexpected error -22.',
    evidence: [cite(6)],
    facts: {},
    because: 'ffa.usable',
  }
  const skipped: Finding = {
    id: 'tpm.driver',
    outcome: 'skip',
    sentence: 'No TPM was asked for.',
    evidence: [],
    facts: {},
  }
  const attempt = (number: number, findings: Finding[], ending: JudgedAttempt['ending'] = 'finished') => ({
    number,
    ending,
    sentence:
      ending === 'finished' ? 'The target powered off after 2.4 s.' : 'QEMU ended with code 1: no such machine.',
    findings,
  })
  const at = { at: 'first-look.yaml:60:5' }
  const wants = (outcome: 'pass' | 'fail', known?: string): Expectation[] => [
    { ...at, ...(known !== undefined && { known }), findings: [{ id: 'ffa.usable', outcome, facts: {} }] },
  ]
  const bug = [order, usable('fail'), optee, skipped]
  const cell = (config: string, mode: string): Pick<MadeCell, 'id' | 'axes' | 'log'> => ({
    id: `linux-6.18.5/${config}/optee-sel1/${mode}/qemu`,
    axes: { kernel: 'linux-6.18.5', config, stack: 'optee-sel1', mode, target: 'qemu' },
    log,
  })
  return makeReport(
    [
      { ...cell('ffa=y', 'protected'), expectations: wants('pass'), attempts: [attempt(1, bug)] },
      {
        ...cell('ffa=y', 'nvhe'),
        expectations: wants('pass'),
        attempts: [attempt(1, [skipped], 'infra'), attempt(2, [usable('pass'), skipped])],
      },
      {
        ...cell('ffa=m', 'protected'),
        expectations: wants('pass'),
        attempts: [attempt(1, bug), attempt(2, [usable('pass')])],
      },
      {
        ...cell('ffa=m', 'nvhe'),
        expectations: [],
        attempts: [attempt(1, [], 'infra'), attempt(2, [], 'infra'), attempt(3, [], 'infra')],
      },
      {
        ...cell('ffa=n', 'protected'),
        expectations: wants('fail', 'FF-A calls are refused under pKVM'),
        attempts: [attempt(1, bug)],
      },
      { ...cell('ffa=n', 'nvhe'), expectations: wants('pass'), attempts: [], unjudged: 'not run' },
    ],
    schedule,
  )
}

/** What a console, a plan or a compiler may say that means something to one of the formats. */
export const hostileTexts = [
  '\0\u0001\b\u001b[31mred\u001b[0m\u007f\u009b1m',
  '\ud800 half \udfff',
  '\ufffe\uffff\u202eesrever\u2066',
  'one\r\ntwo\u2028three\u0085',
  ']]>',
  '--><!-- <![CDATA[',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</pre></style></title><style>*{display:none}',
  '&#0;&amp;&lt;',
  'javascript:alert(1)',
  '# SKIP it',
  'x # SKIP it # XFAIL',
  'ok 1 - x',
  'not ok 1 x',
  '# Subtest: x',
  'KTAP version 1',
  '1..99',
  'Bail out!',
  '[    1.0] reboot: System halted',
  'Kernel panic - not syncing: VFS: Unable to mount root fs',
  'List of all partitions:',
  '```\n# a heading\n```',
  '| a | b |',
  '[x](javascript:alert(1)) ![x](http://tracker.example.org/x.png) <http://example.org>',
  '@everyone #1 **bold** _x_ ~~~',
  '   ',
  '\t\ttabs\t',
  '',
  '😀'.repeat(40),
  'x'.repeat(3000),
] as const

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

/** Findings are named by us, cells by a plan: no slash in a name, nothing that is not printed. */
const findingIds = ['ffa.usable', 'order.ffa-before-kvm', 'optee.driver', 'lab.wire', 'fault.kernel', 'tpm.driver']
const axisValue = fc.constantFrom('ffa=y', 'ffa=m', 'a#b', 'x y', '"<&>"', 'größe', 'a.b|c', '`', 'not ok 1')

const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc
    .record({ kind: fc.constant('console' as const), console: fc.constantFrom('uart0', 'uart1'), text: anyText })
    .chain((base) =>
      fc.tuple(fc.nat(12), fc.nat(60)).map(([from, more]) => ({ ...base, from: from + 1, to: from + 1 + more })),
    ),
  fc.record({ kind: fc.constant('record' as const), sequence: fc.nat(99), text: anyText }),
  fc.record({
    kind: fc.constant('file' as const),
    file: anyText,
    unit: fc.constant('line' as const),
    from: fc.constant(1),
    to: fc.constant(2),
    text: anyText,
  }),
)

const finding = (id: string): fc.Arbitrary<Finding> =>
  fc.record(
    {
      id: fc.constant(id),
      outcome: fc.constantFrom(...outcomes),
      sentence: anyText,
      evidence: fc.array(evidence, { maxLength: 3 }),
      facts: fc.dictionary(
        fc.constantFrom('errno', 'title', '__proto__'),
        fc.oneof(anyText, fc.integer(), fc.boolean()),
      ),
      because: fc.constantFrom(...findingIds),
    },
    { requiredKeys: ['id', 'outcome', 'sentence', 'evidence', 'facts'] },
  )

const findings = fc.subarray(findingIds).chain((ids) => fc.tuple(...ids.map(finding)).map((made) => made as Finding[]))

const attempts = fc
  .array(fc.record({ ending: fc.constantFrom(...endings), sentence: anyText, findings }), { maxLength: 3 })
  .map((made) => made.map((attempt, index) => ({ number: index + 1, ...attempt })))

const expectations: fc.Arbitrary<Expectation[]> = fc.array(
  fc.record(
    {
      findings: fc.array(
        fc.record({
          id: fc.constantFrom(...findingIds),
          outcome: fc.constantFrom(...outcomes),
          facts: fc.constant({}),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      at: fc.constant('p.yaml:1:1'),
      known: anyText,
    },
    { requiredKeys: ['findings', 'at'] },
  ),
  { maxLength: 2 },
)

const cell = fc.record(
  {
    axes: fc.record({ kernel: axisValue, config: axisValue, stack: axisValue, mode: axisValue, target: axisValue }),
    expectations,
    attempts,
    log: fc.array(anyText, { maxLength: 30 }).map(logOf),
    unjudged: fc.constantFrom('open', 'not run', 'builds only'),
    known: anyText,
    cmdline: anyText,
  },
  { requiredKeys: ['axes', 'expectations', 'attempts', 'log'] },
)

/** Reports of any cells, each at a point of its own, in which every text may be hostile. */
export const hostileReports: fc.Arbitrary<Report> = fc
  .tuple(
    fc.uniqueArray(cell, { maxLength: 6, selector: ({ axes }) => Object.values(axes).join('/') }),
    fc.option(anyText, { nil: undefined }),
    anyText,
  )
  .map(([cells, schedule, summary]) => {
    const report = makeReport(
      cells.map((made) => ({ ...made, id: Object.values(made.axes).join('/') })),
      schedule,
    )
    return { ...report, run: { ...report.run!, summary, plan: schedule ?? 'a.b <c>' } }
  })
