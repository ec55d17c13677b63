import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recipeMistakes } from '../../../builds/firmware/recipe.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { brokenRecipes, goodRecipe } from './broken-recipes.ts'

const folder = mkdtempSync(join(tmpdir(), 'hyplab-recipes-'))
writeFileSync(join(folder, 'good.yaml'), goodRecipe)
writeFileSync(join(folder, 'a.dts'), '')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function said(text: string): string[] {
  const file = join(folder, 'x.yaml')
  writeFileSync(file, text)
  return recipeMistakes(file).map((error) => formatError(error).replaceAll(`${folder}/`, '').replaceAll(folder, 'HERE'))
}

test('the recipe that all of them are made of has no mistake', () => {
  expect(said(goodRecipe)).toEqual([])
})

test.each(brokenRecipes)('%s', (_what, text, says) => {
  expect(said(text)).toEqual([says].flat().map((line) => `x.yaml:${line}`))
})

test("no sentence is the library's own", () => {
  const ours = brokenRecipes.flatMap(([, , says]) => says)
  expect(ours.filter((line) => /Invalid|Too |expected |received|call stack|undefined|\[object/.test(line))).toEqual([])
})
