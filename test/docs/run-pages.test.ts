/** Runs every command of docs/ for real, behind a first run of the first plan: that is the run 1 of which the pages speak. */
import { beforeAll, expect } from 'vitest'
import { runCommandsOf, useReader } from './commands.ts'
import { pages } from './markdown.ts'

const reader = useReader()
beforeAll(async () => {
  const { code, stderr } = await reader.run('hyplab run plans/first-look.yaml')
  expect(code, stderr).toBe(0)
})
runCommandsOf(
  pages.filter((page) => page !== 'README.md'),
  reader,
)
