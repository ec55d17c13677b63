import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { planJsonSchema } from '../../../domain/plan/schema.ts'
import { goodPlan } from './plans.ts'

/** The exported schema as an editor uses it: without any of our own code. */
const editor = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
const firstLook = readFileSync('plans/first-look.yaml', 'utf8')

test('the exported schema accepts good plans and refuses bad ones', () => {
  expect(editor.safeParse(parse(firstLook)).error).toBeUndefined()
  expect(editor.safeParse(parse(goodPlan)).error).toBeUndefined()
  for (const bad of ['probes: []', 'colour: red', 'kernels: 5', 'limits: { silence: 60 }', 'attempts: 0']) {
    expect(editor.safeParse({ ...(parse(goodPlan) as object), ...(parse(bad) as object) }).success, bad).toBe(false)
  }
})

test('every key that a user may write is described', () => {
  const undescribed: string[] = []
  const walk = (schema: unknown, path: string) => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties, additionalProperties, items, anyOf } = schema as Record<string, unknown>
    for (const [key, inner] of Object.entries((properties as Record<string, object> | undefined) ?? {})) {
      if (!('description' in inner)) undescribed.push(`${path}.${key}`)
      walk(inner, `${path}.${key}`)
    }
    walk(additionalProperties, `${path}.*`)
    walk(items, `${path}[]`)
    for (const branch of (anyOf as unknown[] | undefined) ?? []) walk(branch, path)
  }
  walk(planJsonSchema(), '')
  expect(undescribed).toEqual([])
})

test('the schema file beside the plans, which editors find through their first line, is the exported one', () => {
  expect(JSON.parse(readFileSync('plans/plan.schema.json', 'utf8'))).toEqual(planJsonSchema())
  expect(firstLook).toMatch(/^# yaml-language-server: \$schema=\.\/plan\.schema\.json\n/)
})
