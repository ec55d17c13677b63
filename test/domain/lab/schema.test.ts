import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { labJsonSchema } from '../../../domain/lab/file/schema.ts'
import { goodLab } from './labs.ts'

/** The exported schema as an editor uses it: without any of our own code. */
const editor = z.fromJSONSchema(labJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])

test('the exported schema accepts a good lab and refuses bad ones', () => {
  expect(editor.safeParse(parse(goodLab)).error).toBeUndefined()
  for (const bad of ['places: {}', 'colour: red', 'classes: 5', 'hosts: { a: { ssh: { address: a } } }']) {
    expect(editor.safeParse({ ...(parse(goodLab) as object), ...(parse(bad) as object) }).success, bad).toBe(false)
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
  walk(labJsonSchema(), '')
  expect(undescribed).toEqual([])
})

test('the schema file in labs/, which editors find through the first line of a lab, is the exported one', () => {
  expect(JSON.parse(readFileSync('labs/lab.schema.json', 'utf8'))).toEqual(labJsonSchema())
})
