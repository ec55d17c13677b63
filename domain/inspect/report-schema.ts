import { z } from 'zod'
import { outcomes } from '../finding.ts'
import { taintKinds } from '../taint.ts'
import { inputKinds } from './recognise.ts'
import { seenStages } from './stage-seen.ts'

const range = z
  .strictObject({ from: z.int().nonnegative(), to: z.int().nonnegative() })
  .describe('Both inclusive; lines and entries count from 1, bytes from 0.')

const evidence = z
  .strictObject({
    file: z.string().describe('The file as it was named on the command line.'),
    lines: range.optional(),
    entries: range.optional(),
    bytes: range.optional(),
    text: z.string().describe('What stands there, without what terminal programs, syslog or mail put before it.'),
  })
  .describe('Where something stands: in lines, in entries or bytes of a list, or, without a range, in the whole file.')

const finding = z.strictObject({
  id: z.string().describe('As `hyplab findings` lists it.'),
  outcome: z.enum(outcomes),
  sentence: z.string(),
  evidence: z.array(evidence),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  because: z.string().optional().describe('The id of the finding that this one is a consequence of.'),
})

const boot = z.int().positive().describe('The number of the boot, from 1.')

const fault = z.strictObject({
  kind: z.string().describe('panic, oops, warn, kasan, hung-task, ...'),
  title: z.string().describe('The same for the same fault on every boot: without addresses, times and pids.'),
  where: z.enum(['kernel', 'firmware']),
  boot,
  file: z.string(),
  lines: range,
  text: z.string().describe('The report; a long one is shortened in the middle.'),
})

const taint = z.strictObject({
  kind: z.enum(taintKinds),
  voids: z.boolean().describe('Whether what was read from the file may be wrong because of it.'),
  sentence: z.string(),
  count: z.int().positive(),
  boot,
  evidence: z.array(evidence),
})

const replayed = z.strictObject({
  bank: z.string(),
  pcr: z.int(),
  entries: z.int().describe('How many entries of the file are for this PCR.'),
  value: z.string().describe('What they make of the PCR, in hex.'),
  read: z.string().optional().describe('What the PCR is, in hex, where a file says so.'),
  matched: z
    .enum(['yes', 'no', 'part', 'unknown'])
    .describe('part: the PCR has the value that a beginning of the list gives.'),
})

const measurement = z.strictObject({
  file: z.string(),
  kind: z.enum(inputKinds),
  parsed: z.strictObject({
    entries: z.int().nonnegative(),
    format: z
      .string()
      .describe('tpm-1.2 or crypto-agile; the templates of a measurement list; sysfs, text or computed for PCRs.'),
    banks: z.array(z.string()),
    problem: z.string().optional().describe('Why reading stopped before the end.'),
  }),
  replayed: z
    .array(replayed)
    .describe('Empty where nothing can be replayed: of PCRs, and of banks that cannot be computed.'),
  matched: z
    .enum(['yes', 'no', 'part', 'unknown'])
    .describe('Over all that was replayed; unknown without PCRs to hold it against.'),
  sentence: z.string(),
})

const file = z.strictObject({
  file: z.string(),
  kind: z.enum([...inputKinds, 'none']).describe('none: nothing that hyplab can judge.'),
  compression: z.enum(['none', 'gzip', 'xz', 'zstd']),
  encoding: z.enum(['bytes', 'utf-16le', 'utf-16be']),
  bytes: z.int().nonnegative().describe('Unpacked.'),
  lines: z.int().nonnegative().optional().describe('Of a log.'),
  boots: z.int().positive().optional().describe('Of a log: how many it shows.'),
  note: z.string().optional(),
})

const shownStage = z.enum(seenStages).describe('The furthest one that shows.')

const shownBoot = z.strictObject({
  boot,
  judged: z.boolean().describe('Whether the findings above are about this one.'),
  kernel: z.string(),
  stage: shownStage,
  parts: z.array(z.strictObject({ file: z.string(), lines: range })),
  findings: z.array(finding).describe('Of the boots that are not judged above; empty for the one that is.'),
})

/** The document that `hyplab inspect --json` prints. */
export const inspectSchema = z.strictObject({
  schemaVersion: z.literal(1),
  probesVersion: z.int().describe('Changes when a finding may come out differently for the same files.'),
  kernel: z.string().describe('Release as `uname -r` prints it, or "unknown".'),
  stage: shownStage,
  cmdline: z.string().describe('The kernel command line, or "unknown".'),
  findings: z.array(finding),
  faults: z.array(fault).describe('Of all boots, in their order.'),
  taints: z.array(taint).describe('Of all boots.'),
  boots: z.array(shownBoot).describe('Of a log with very many, the first and the last.'),
  measurements: z.array(measurement),
  files: z.array(file),
})

export type InspectReport = z.infer<typeof inspectSchema>

/** The JSON Schema of the document, for those who read it by program. */
export function inspectJsonSchema(): object {
  return z.toJSONSchema(inspectSchema)
}
