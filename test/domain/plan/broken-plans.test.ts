import { expect, test } from 'vitest'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { brokenPlans, filesBeside, smallestPlan } from './broken-plans.ts'
import { folder, known } from './plans.ts'

const cpus = ['max', 'cortex-a57', 'cortex-a76']

/** What is said of a plan, one line each, without the folder. */
function said(text: string): string[] {
  const parsed = parsePlan(text, '/lab/plan.yaml', folder(filesBeside), { ...known, cpus })
  return parsed.ok ? [] : parsed.errors.map((error) => formatError(error).replaceAll('/lab/', ''))
}

test('the plan that all of them are made of has no mistake', () => {
  expect(said(smallestPlan)).toEqual([])
})

test.each(brokenPlans)('%s', (_what, text, says) => {
  expect(said(text)).toEqual([says].flat().map((line) => (/^\d/.test(line) ? `plan.yaml:${line}` : line)))
})

test("no sentence is the library's own", () => {
  const ours = brokenPlans.flatMap(([, , says]) => says)
  expect(ours.filter((line) => /Invalid|Too |expected |received|call stack|undefined|\[object/.test(line))).toEqual([])
})
