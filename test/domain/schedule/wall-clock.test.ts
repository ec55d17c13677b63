import { describe, expect, it } from 'vitest'
import { clockChanges, momentsOf, nextTimeOfDay, showWall, wallClock } from '../../../domain/schedule/wall-clock.ts'

const berlin = 'Europe/Berlin'
const wall = (text: string) => Date.parse(`${text}Z`)
const utc = (at: number) => new Date(at).toISOString().slice(0, 16)

describe('the clock on the wall', () => {
  it('is that of the zone, in summer and in winter', () => {
    expect(showWall(wallClock(wall('2026-07-01T00:30'), berlin))).toBe('2026-07-01 02:30')
    expect(showWall(wallClock(wall('2026-12-01T00:30'), berlin))).toBe('2026-12-01 01:30')
    expect(showWall(wallClock(wall('2026-12-01T00:30'), 'Asia/Kolkata'))).toBe('2026-12-01 06:00')
  })

  it('shows a time twice when it is set back, and never one that it is set forward over', () => {
    expect(momentsOf(wall('2026-10-25T02:30'), berlin).map(utc)).toEqual(['2026-10-25T00:30', '2026-10-25T01:30'])
    expect(momentsOf(wall('2027-03-28T02:30'), berlin)).toEqual([])
    expect(momentsOf(wall('2027-03-28T03:30'), berlin).map(utc)).toEqual(['2027-03-28T01:30'])
  })

  it('is moved twice a year in Berlin, by half an hour on Lord Howe Island, and never in UTC', () => {
    const year = (zone: string) => clockChanges(wall('2026-06-01T00:00'), wall('2027-06-01T00:00'), zone)
    expect(year(berlin).map(({ at, by }) => [utc(at), by / 60_000])).toEqual([
      ['2026-10-25T01:00', -60],
      ['2027-03-28T01:00', 60],
    ])
    expect(year('Australia/Lord_Howe').map(({ by }) => by / 60_000)).toEqual([30, -30])
    expect(year('UTC')).toEqual([])
  })
})

describe('a window that closes at a time of day', () => {
  const until7 = (begin: string, zone = berlin) => utc(nextTimeOfDay(wall(begin), 7 * 60, zone))

  it('closes the next time that the clock shows it', () => {
    expect(until7('2026-12-01T01:00')).toBe('2026-12-01T06:00')
    expect(until7('2026-12-01T06:00')).toBe('2026-12-02T06:00')
    expect(until7('2026-07-01T22:00')).toBe('2026-07-02T05:00')
  })

  it('closes an hour of real time later or sooner in the nights in which the clock is moved', () => {
    expect(until7('2026-10-24T22:00')).toBe('2026-10-25T06:00')
    expect(until7('2027-03-27T23:00')).toBe('2027-03-28T05:00')
  })

  it('closes once, at the first time of two, and in time where the clock never shows it', () => {
    const half3 = (begin: string) => utc(nextTimeOfDay(wall(begin), 2 * 60 + 30, berlin))
    expect(half3('2026-10-24T22:00')).toBe('2026-10-25T00:30')
    expect(half3('2027-03-27T23:00')).toBe('2027-03-28T01:30')
  })
})
