import { describe, expect, it } from 'vitest'
import { compareTags, compareVersions, newestOf } from '../../domain/newest-version.ts'

describe('versions of Debian packages', () => {
  // From the oldest to the newest, as dpkg has them.
  const ascending = [
    '1.0~~',
    '1.0~~a',
    '1.0~',
    '1.0',
    '1.0-1~bpo13+1',
    '1.0-1',
    '1.0-1+b1',
    '1.0a-1',
    '1.0.1-1',
    '1.00.2-1',
    '1.2-1',
    '1.10-1',
    '6.12.57-1',
    '6.19~rc6-1~exp1',
    '6.19-1',
    '1:0.1-1',
  ]
  it.each(ascending.slice(1).map((version, index) => [ascending[index]!, version]))(
    '%s is older than %s',
    (one, other) => {
      expect(compareVersions(one, other)).toBeLessThan(0)
      expect(compareVersions(other, one)).toBeGreaterThan(0)
      expect(compareVersions(one, one)).toBe(0)
    },
  )
})

describe('the newest', () => {
  const tags = [
    'v6.9',
    'v6.10',
    'v6.18.5',
    'v6.19-rc2',
    'v6.19-rc10',
    'v6.19-rc3',
    'next-20261129',
    'next-20261130',
    'v6.18',
  ]
  it.each([
    ['v*-rc*', 'v6.19-rc10'],
    ['v6.*', 'v6.19-rc10'],
    ['v6.18*', 'v6.18.5'],
    ['next-*', 'next-20261130'],
    ['v6.9', 'v6.9'],
    ['v6.1', undefined],
    ['v6.1?', undefined],
    ['v5.*', undefined],
  ])('of the tags that %s fits is %s', (pattern, newest) => {
    expect(newestOf(tags, pattern, compareTags)).toBe(newest)
  })

  it('of a release and its candidates is the release', () => {
    expect(newestOf(['v6.19-rc8', 'v6.19', 'v6.19-rc1'], '*', compareTags)).toBe('v6.19')
    expect(newestOf(['6.12.48-1', '6.12.57-1', '6.18.5-1~bpo13+1'], '6.12.*', compareVersions)).toBe('6.12.57-1')
  })
})
