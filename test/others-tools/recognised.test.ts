import { expect, it } from 'vitest'
import { parseImaBinary } from '../../domain/ima/parse-binary.ts'
import { judgeMeasurements } from '../../domain/inspect/measurements.ts'
import { recognise } from '../../domain/inspect/recognise.ts'
import { bootFile, ownBoots } from './own-boots.ts'
import { aggregateSample, shippedEventLogs, shippedLists } from './shipped-logs.ts'

/** Nothing in their names says what they are: `hyplab inspect` goes by their bytes. */
const files: [kind: string, name: string, bytes: Uint8Array][] = [
  ...shippedEventLogs.map(({ name, bytes }): [string, string, Buffer] => ['event-log', name, bytes]),
  // One is a single entry without its last byte, which could be anything.
  ...shippedLists
    .filter(({ bytes }) => parseImaBinary(bytes).entries.length > 0)
    .map(({ name, bytes }): [string, string, Buffer] => ['ima-binary', name, bytes]),
  ['ima-ascii', "ima-evm-utils' list", Buffer.from(aggregateSample('ascii_runtime_measurements'), 'latin1')],
  ['pcrs', "ima-evm-utils' PCRs", Buffer.from(aggregateSample('tpm-2.0'), 'latin1')],
  ...ownBoots.flatMap((boot) =>
    (
      [
        ['event-log', 'binary_bios_measurements'],
        ['ima-binary', 'binary_runtime_measurements'],
        ['ima-binary', 'binary_runtime_measurements_sha256'],
        ['ima-ascii', 'ascii_runtime_measurements'],
        ['ima-ascii', 'ascii_runtime_measurements_sha384'],
        ['pcrs', 'pcrs'],
      ] as const
    ).flatMap(([kind, file]): [string, string, Buffer][] => {
      const bytes = bootFile(boot, file)
      return bytes ? [[kind, `${boot} ${file}`, bytes]] : []
    }),
  ),
]

it.each(files)('%s is what %s is', (kind, _name, bytes) => expect(recognise(bytes, 'x')).toEqual({ kind }))

it('the event log of ima-evm-utils fits the PCRs that they read on the same machine', () => {
  const bytes = shippedEventLogs.find(({ name }) => name.startsWith('sample'))?.bytes ?? Buffer.alloc(0)
  const pcrs = Buffer.from(aggregateSample('tpm-2.0'), 'latin1')
  const [log] = judgeMeasurements([
    { file: 'log', kind: 'event-log', bytes },
    { file: 'pcrs', kind: 'pcrs', bytes: pcrs },
  ])
  expect(log?.matched).toBe('yes')
  expect(log?.replayed.filter(({ matched }) => matched === 'yes').map(({ pcr }) => pcr)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14,
  ])
})
