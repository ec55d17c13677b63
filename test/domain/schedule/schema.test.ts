import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { parse } from 'yaml'
import { parseSchedule } from '../../../domain/schedule/parse-schedule.ts'
import { scheduleJsonSchema } from '../../../domain/schedule/schema.ts'

it('the schema for editors is the one that hyplab reads by', () => {
  expect(JSON.parse(readFileSync('schedules/schedule.schema.json', 'utf8'))).toEqual(scheduleJsonSchema())
})

it('the schedule that comes with hyplab is right, also for an editor', () => {
  const text = readFileSync('schedules/nightly.yaml', 'utf8')
  expect(parseSchedule(text, 'nightly.yaml', 'nightly', (path) => path)).toMatchObject({ ok: true })
  const editor = z.fromJSONSchema(scheduleJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
  expect(editor.safeParse(parse(text)).success).toBe(true)
})
