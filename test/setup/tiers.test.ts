/** Each test file is run by `npm test` or by `npm run test:rest`, as vitest itself sees it, and by one of them only. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const scripts = { test: 'setup/test.sh', 'test:rest': 'setup/test-rest.sh' }
const tiers = new Map<string, string[]>()

beforeAll(async () => {
  const listed = Object.entries(scripts).map(async ([tier, script]) => {
    const [, projects] =
      /^exec node setup\/tests\.ts --project '(.+)' "\$@"/m.exec(readFileSync(join(root, script), 'utf8')) ?? []
    if (projects === undefined) throw new Error(`${script} does not say which projects it runs`)
    const { stdout } = await execa('vitest', ['list', '--filesOnly', '--json', '--project', projects], {
      cwd: root,
      preferLocal: true,
      env: { VITEST: undefined },
    })
    return [tier, (JSON.parse(stdout) as { file: string }[]).map(({ file }) => file)] as const
  })
  for (const [tier, files] of await Promise.all(listed)) tiers.set(tier, files)
})

test('each file is in exactly one tier, and there once', () => {
  const run = [...tiers.values()].flat().toSorted()
  const there = globSync('test/**/*.test.ts', { cwd: root }).map((file) => join(root, file))
  expect(there.length).toBeGreaterThan(100)
  expect(run).toEqual(there.toSorted())
})

test('nobody waits for what builds a kernel of its own', () => {
  const waited = tiers.get('test')!.filter((file) => /realTree\(|newKernel\(/.test(readFileSync(file, 'utf8')))
  // One of them is interrupted as soon as it has begun.
  expect(waited.map((file) => file.slice(root.length + 1))).toEqual(['test/e2e/cancel.test.ts'])
})

test('package.json calls these scripts, and CI both of them in turn', () => {
  const { scripts: called } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const [name, script] of Object.entries(scripts)) expect(called[name]).toBe(`sh ${script}`)
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/^npm test\nnpm run test:rest\n$/m)
})
