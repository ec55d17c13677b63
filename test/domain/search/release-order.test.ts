import { describe, expect, it } from 'vitest'
import { compareReleases, releasesFrom } from '../../../domain/search/release-order.ts'

const of = (...versions: string[]) => versions.map((version) => ({ version }))

describe('released kernels', () => {
  it('are ordered by their upstream versions, release candidates before the release', () => {
    const sorted = ['7.1.13-1', '6.9-1', '6.18.5-1~bpo13+1', '7.4~rc2-1~exp1', '7.4-1', '7.4~rc10-1'].toSorted(
      compareReleases,
    )
    expect(sorted).toEqual(['6.9-1', '6.18.5-1~bpo13+1', '7.1.13-1', '7.4~rc2-1~exp1', '7.4~rc10-1', '7.4-1'])
    expect(compareReleases('6.18.5-1~bpo13+1', '1:6.18.5-2')).toBe(0)
  })

  it('between two are those from one to the other, each once, as it was named', () => {
    const all = of('6.12.1-1', '7.1.13-1', '6.18.5-1', '6.18.5-1~bpo13+1', '7.3.4-1', '6.18.9-1')
    expect(releasesFrom(all, ['6.18.5-1~bpo13+1', '7.1.13-1'])).toEqual({
      releases: of('6.18.5-1~bpo13+1', '6.18.9-1', '7.1.13-1'),
      turned: false,
    })
    expect(releasesFrom(all, ['7.3.4', '6.18.9']).turned).toBe(true)
    expect(releasesFrom(all, ['7.3.4', '6.18.9']).releases).toEqual(of('6.18.9-1', '7.1.13-1', '7.3.4-1'))
  })
})
