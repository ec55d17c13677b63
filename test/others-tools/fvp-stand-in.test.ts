/** Tools that people run Arm's models with take the stand-in for one: its command line, its lines and its end. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { run, runOrThrow } from '../../host/run.ts'
import { bareFirmware } from '../targets/fvp/bare-firmware.ts'
import { standIn } from '../targets/fvp/stand-in.ts'
import { installShrinkwrap, type Shrinkwrap } from './shrinkwrap.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
let firmware: Record<'BL1' | 'FIP', string>
let shrinkwrap: Shrinkwrap

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  const { parameters } = await bareFirmware(
    folder,
    [
      { on: 0, say: 'the first UART\r\n' },
      { on: 1, say: 'the second UART\r\n' },
      { on: 0, say: 'the end\r\n' },
    ],
    'off',
  )
  firmware = { BL1: parameters['bp.secureflashloader.fname']!, FIP: parameters['bp.flashloader0.fname']! }
  shrinkwrap = await installShrinkwrap(folder)
})
afterAll(() => rm(folder, { recursive: true }))

test.each([[[]], [['v8.5']], [['v9.4']], [['v9.7']]])(
  'shrinkwrap boots firmware on it, reads its terminals and sees it end: architecture %s',
  async (architecture: string[]) => {
    const overlays = architecture.map((name) => join(shrinkwrap.configs, 'arch', `${name}.yaml`))
    const { code, said } = await shrinkwrap.run(firmware, overlays)
    expect(code, said).toBe(0)
    expect(said).toMatch(/^\[ +fvp +\] terminal_3: Listening for serial connection on port \d+$/m)
    // Both terminals are written side by side, a line may be cut in two.
    const spoken = (terminal: string): string =>
      [...said.matchAll(new RegExp(`^\\[ +${terminal} +\\] (.*)$`, 'gm'))].map(([, words]) => words).join('')
    expect(spoken('term0')).toBe('the first UARTthe end')
    expect(spoken('term1')).toBe('the second UART')
    expect(said).toContain('FVP_Base_RevC_2xAEMvA statistics')
  },
)

test('shrinkwrap sees it refuse a parameter', async () => {
  const overlay = join(folder, 'nonsense.yaml')
  await writeFile(overlay, 'run:\n  params:\n    -C bp.nonsense: 1\n')
  const { code, said } = await shrinkwrap.run(firmware, [overlay])
  expect(code).not.toBe(0)
  expect(said).toContain("there is no parameter 'bp.nonsense'")
})

/** What it prints until its end. */
async function printed(): Promise<string> {
  const parameters = [
    `bp.secureflashloader.fname=${firmware.BL1}`,
    `bp.flashloader0.fname=${firmware.FIP}`,
    'bp.ve_sysregs.exit_on_shutdown=1',
  ]
  return await runOrThrow(standIn, [...parameters.flatMap((one) => ['-C', one]), '--stat'])
}

// The expressions are those of LAVA's documentation and of meta-arm's runfvp (meta-arm/lib/fvp/runner.py).
test("LAVA's and runfvp's expressions find its terminals", async () => {
  const text = await printed()
  for (const n of [0, 1, 2, 3]) {
    const lava = new RegExp(`terminal_${n}: Listening for serial connection on port (?<PORT>\\d+)`)
    expect(Number(lava.exec(text)?.groups?.['PORT'])).toBeGreaterThan(1023)
  }
  const runfvp = /^(\S+): Listening for serial connection on port (\d+)$/
  const found = text.split('\n').flatMap((line) => runfvp.exec(line.trim())?.[1] ?? [])
  expect(found).toEqual(['terminal_0', 'terminal_1', 'terminal_2', 'terminal_3'])
})

test("TF-A CI's awk finds the same ports", async () => {
  const log = join(folder, 'model_log.txt')
  const text = await printed()
  await writeFile(log, text)
  const rules = [0, 1, 2, 3].map((n) => `/terminal_${n}/ { ports[${n}] = $NF }`).join('\n')
  const program = `${rules}\nEND { for (n = 0; n < 4; n++) print ports[n] }`
  const ports = [...text.matchAll(/serial connection on port (\d+)$/gm)].map(([, port]) => port)
  expect(ports).toHaveLength(4)
  expect((await runOrThrow('awk', [program, log])).trim().split('\n')).toEqual(ports)
})

test('LAVA finds its version', async () => {
  const { code, stdout } = await run(standIn, ['--version'])
  expect(code).toBe(0)
  expect(/^Fast Models[^\n]+/.exec(stdout)?.[0]).toMatch(/^Fast Models \[\d+\.\d+\.\d+ /)
})
