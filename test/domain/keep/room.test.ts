import { describe, expect, it } from 'vitest'
import { chooseTrees } from '../../../domain/keep/choose-trees.ts'
import { floorOf, roomOn, type DiskSeen } from '../../../domain/keep/room.ts'

const GB = 1e9
const rules = { floor: undefined, budget: undefined }
const disk = (over: Partial<DiskSeen> = {}): DiskSeen => ({
  folder: '/state',
  size: 200 * GB,
  free: 100 * GB,
  measured: { used: 10 * GB, free: 100 * GB },
  ...over,
})

describe('on a disk', () => {
  it('with plenty there is room, measured or not', () => {
    expect(roomOn([disk()], rules)).toEqual({ level: 'ok', sentence: '', excess: 0 })
    expect(roomOn([disk({ measured: undefined })], rules)).toMatchObject({ level: 'ok' })
  })

  it('a gigabyte stays free, on a small one a twentieth, or what the admin says', () => {
    expect(floorOf(200 * GB, rules)).toBe(GB)
    expect(floorOf(GB, rules)).toBe(GB / 20)
    expect(floorOf(GB, { floor: 7 })).toBe(7)
  })

  it('nothing begins below the floor, and before that is a warning', () => {
    expect(roomOn([disk({ free: 0.9 * GB })], rules)).toMatchObject({
      level: 'none',
      sentence: 'only 900 MB are free on the disk of /state, and 1 GB are to stay so',
    })
    expect(roomOn([disk({ free: 1.5 * GB })], rules)).toMatchObject({
      level: 'near',
      sentence: 'only 1.5 GB are free on the disk of /state, and the next build may need 1 GB of them',
    })
  })

  it('a build wants more than the floor', () => {
    expect(roomOn([disk({ free: 4 * GB, measured: undefined, need: 2 * GB })], rules).level).toBe('ok')
    expect(roomOn([disk({ free: 2.5 * GB, need: 2 * GB })], rules)).toMatchObject({
      level: 'none',
      sentence: expect.stringContaining('2 GB are needed beside the 1 GB that stay free'),
    })
  })

  it('where nearly all that others leave is filled with what is ours, that is a warning', () => {
    const filled = disk({ free: 5 * GB, measured: { used: 60 * GB, free: 5 * GB } })
    expect(roomOn([filled], rules)).toMatchObject({
      level: 'near',
      sentence: 'hyplab has filled 94 % of its share of the disk of /state',
    })
  })
})

describe('with a budget', () => {
  const budget = { floor: undefined, budget: 20 * GB }

  it.each([
    [16, 'ok'],
    [17.5, 'near'],
    [20, 'none'],
  ])('%d GB of 20 are %s', (used, level) => {
    expect(roomOn([disk({ measured: { used: used * GB, free: 100 * GB } })], budget).level).toBe(level)
  })

  it('what was written since it was measured counts as ours', () => {
    const grown = disk({ free: 95 * GB, measured: { used: 16 * GB, free: 100 * GB } })
    expect(roomOn([grown], budget)).toMatchObject({
      level: 'none',
      sentence: 'state and cache take 21 GB of their budget of 20 GB',
    })
  })

  it('state and cache count together, also on two disks', () => {
    const half = disk({ measured: { used: 10 * GB, free: 100 * GB } })
    expect(roomOn([half, { ...half, folder: '/cache' }], budget).level).toBe('none')
    expect(roomOn([half], budget).level).toBe('ok')
  })
})

it('when what is in excess has gone, there is room without a warning', () => {
  for (let free = 0.1; free < 6; free += 0.1)
    for (const used of [1, 10, 17, 30]) {
      const seen = disk({ free: free * GB, measured: { used: used * GB, free: free * GB } })
      const both = { floor: undefined, budget: 20 * GB }
      const { excess, level } = roomOn([seen], both)
      expect(excess > 0).toBe(level !== 'ok')
      const gone = Math.min(excess + 1, used * GB)
      const after = { used: used * GB - gone, free: free * GB + gone }
      if (excess < used * GB) expect(roomOn([{ ...seen, free: after.free, measured: after }], both).level).toBe('ok')
    }
})

describe('trees of the cache', () => {
  const now = Date.parse('2027-01-10T00:00Z')
  const hour = 3600_000
  const trees = [3, 1, 2, 0.5].map((age) => ({
    path: `${age}`,
    kind: 'source tree',
    bytes: 10,
    lastUsed: now - age * hour,
  }))
  const going = (bytes: number) => chooseTrees(trees, bytes, now).map(({ path }) => path)

  it('go from the one that was used longest ago on, as many as it takes', () => {
    expect(going(0)).toEqual([])
    expect(going(-5)).toEqual([])
    expect(going(1)).toEqual(['3'])
    expect(going(11)).toEqual(['3', '2'])
  })

  it('stay when they were used within the hour, however little room there is', () => {
    expect(going(1e9)).toEqual(['3', '2', '1'])
  })
})
