import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { bundleFolder, fittingBundle } from '../../cli/bundle/fitting-bundle.ts'

/** A checkout with a command line that says one word, and where it thinks that it lies. */
function checkoutSaying(word: string): string {
  const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'hyplab-bundle-')))
  onTestFinished(() => rmSync(checkout, { recursive: true, force: true }))
  mkdirSync(join(checkout, 'cli'))
  writeFileSync(join(checkout, 'package-lock.json'), '{}')
  writeFileSync(join(checkout, 'cli/word.ts'), `export const word: string = '${word}'\n`)
  writeFileSync(
    join(checkout, 'cli/hyplab.ts'),
    `export { word } from './word.ts'\nexport const at = import.meta.url\n`,
  )
  return checkout
}

async function load(address: string | undefined): Promise<{ word: string; at: string }> {
  return (await import(address ?? 'no bundle')) as { word: string; at: string }
}

it('is made once and taken from then on', async () => {
  const checkout = checkoutSaying('first')
  const made = await fittingBundle(checkout)
  expect((await load(made)).word).toBe('first')
  expect(await fittingBundle(checkout)).toBe(made)
})

it('is made anew when a source says something else', async () => {
  const checkout = checkoutSaying('first')
  await fittingBundle(checkout)
  writeFileSync(join(checkout, 'cli/word.ts'), `export const word: string = 'second'\n`)
  expect((await load(await fittingBundle(checkout))).word).toBe('second')
})

it('is made anew when other packages are installed', async () => {
  const checkout = checkoutSaying('first')
  const made = await fittingBundle(checkout)
  writeFileSync(join(checkout, 'package-lock.json'), '{ "packages": {} }')
  expect(await fittingBundle(checkout)).not.toBe(made)
})

it('knows the place of its sources', async () => {
  const checkout = checkoutSaying('first')
  expect((await load(await fittingBundle(checkout))).at).toBe(`file://${checkout}/cli/hyplab.ts`)
})

it('leaves a mistake in a source to who runs the sources', async () => {
  const checkout = checkoutSaying('first')
  writeFileSync(join(checkout, 'cli/word.ts'), 'export const = 1\n')
  expect(await fittingBundle(checkout)).toBeUndefined()
})

it('does without one where it cannot be kept', async () => {
  const checkout = checkoutSaying('first')
  writeFileSync(join(checkout, 'node_modules'), 'no folder')
  expect(await fittingBundle(checkout)).toBeUndefined()
})

it('of a checkout that is gone is removed by another one with the same node_modules', async () => {
  const shared = checkoutSaying('nothing')
  mkdirSync(join(shared, 'node_modules'))
  const [gone, there] = [checkoutSaying('first'), checkoutSaying('second')]
  for (const checkout of [gone, there]) symlinkSync(join(shared, 'node_modules'), join(checkout, 'node_modules'))
  const kept = join(shared, 'node_modules/.cache/hyplab-cli')
  await fittingBundle(gone)
  expect(readdirSync(kept)).toHaveLength(1)
  rmSync(gone, { recursive: true })
  await fittingBundle(there)
  expect(readdirSync(kept)).toEqual([basename(bundleFolder(there))])
})
