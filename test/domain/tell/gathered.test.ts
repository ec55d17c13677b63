import { expect, it } from 'vitest'
import { isDigestDue } from '../../../domain/tell/gathered.ts'

const hour = 3_600_000
const day = 24 * hour

it('a digest is due with the first night, and then as often as is asked for', () => {
  expect(isDigestDue(0, null, 7 * 86_400)).toBe(true)
  const nights = Array.from({ length: 15 }, (_, night) => night * day)
  let last: number | null = null
  const sent = nights.filter((due) => {
    if (!isDigestDue(due, last, 7 * 86_400)) return false
    last = due
    return true
  })
  expect(sent.map((due) => due / day)).toEqual([0, 7, 14])
})

it('a digest does not wait a day longer because the clock was set forward', () => {
  expect(isDigestDue(7 * day - hour, 0, 7 * 86_400)).toBe(true)
  expect(isDigestDue(6 * day, 0, 7 * 86_400)).toBe(false)
  expect(isDigestDue(day, 0, 0)).toBe(true)
  expect(isDigestDue(1, 0, 0)).toBe(true)
})
