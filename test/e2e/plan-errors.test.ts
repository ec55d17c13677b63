/** A plan with mistakes starts nothing: all of them are told at once, each with its place. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { useLab } from './lab.ts'
import { processesOf } from './processes.ts'

const lab = useLab('plan-errors')
const tenMistakes = fileURLToPath(new URL('../fixtures/plans/ten-mistakes.yaml', import.meta.url))

it.each([[['run', tenMistakes]], [['build', tenMistakes]], [['plan', 'check', tenMistakes]]])(
  'hyplab %s exits 2 with ten located lines on standard error, and nothing on standard output',
  async (args) => {
    const { code, stdout, stderr } = await lab.hyplab(...args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const lines = stderr.split('\n')
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(line).toMatch(/^\S*ten-mistakes\.yaml:\d+:\d+: \S/)
    expect(new Set(lines).size).toBe(10)
  },
)

it('hyplab run --json tells the same ten as data, too', async () => {
  const { code, stdout, stderr } = await lab.hyplab('run', tenMistakes, '--json')
  expect(code).toBe(2)
  const { error } = JSON.parse(stdout) as { error: { code: string; mistakes: { line: number }[] } }
  expect(error.code).toBe('PlanInvalid')
  expect(error.mistakes.map(({ line }) => line)).toEqual(
    stderr.split('\n').map((line) => Number(/:(\d+):\d+: /.exec(line)?.[1])),
  )
})

it('has started nothing', async () => {
  expect(processesOf(lab.state)).toEqual([])
  expect(existsSync(join(lab.state, 'service.json'))).toBe(false)
  expect((await lab.json<{ runs: unknown[] }>('list')).runs).toHaveLength(1)
})
