import { describe, expect, it } from 'vitest'
import { bisectLog } from '../../../domain/search/git-log.ts'
import { bisectionOver, seenOf } from './cells.ts'

const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(40))
const commits = { of: 'commits' as const, url: '/linux.git', ids }

describe('the log of a bisection', () => {
  it('is what git bisect log writes, with the attempts above each version', () => {
    const tried = [seenOf(0, 'ppp'), seenOf(4, 'fff'), seenOf(2, 'pppppp'), seenOf(3, 'ffpffi')]
    const log = bisectLog(bisectionOver([], { versions: commits }), tried, (id) => `the subject of ${id[0]}`)
    expect(log.split('\n')).toEqual([
      "git bisect start '--first-parent'",
      '# 0 of 3 attempts failed: 14.1.1, 14.1.2, 14.1.3',
      `# good: [${ids[0]}] the subject of a`,
      `git bisect good ${ids[0]}`,
      '# 3 of 3 attempts failed: 14.5.1, 14.5.2, 14.5.3',
      `# bad: [${ids[4]}] the subject of e`,
      `git bisect bad ${ids[4]}`,
      '# 0 of 6 attempts failed: 14.3.1, 14.3.2, 14.3.3, 14.3.4, 14.3.5, 14.3.6',
      `# good: [${ids[2]}] the subject of c`,
      `git bisect good ${ids[2]}`,
      '# 4 of 5 attempts failed: 14.4.1, 14.4.2, 14.4.3, 14.4.4, 14.4.5',
      `# bad: [${ids[3]}] the subject of d`,
      `git bisect bad ${ids[3]}`,
      `# first bad commit: [${ids[3]}] the subject of d`,
      '',
    ])
  })

  it('says what was skipped, and by which words a fix is looked for', () => {
    const unbuilt = { message: 'It does not build.', infra: false }
    const search = bisectionOver([], { versions: commits, seeks: 'fix' })
    const log = bisectLog(search, [seenOf(0, 'fff'), seenOf(4, 'ppp'), seenOf(2, '', { unbuilt })], () => '')
    expect(log).toContain("git bisect start '--first-parent' '--term-old=broken' '--term-new=fixed'")
    expect(log).toContain(`git bisect broken ${ids[0]}\n`)
    expect(log).toContain(`git bisect fixed ${ids[4]}\n`)
    expect(log).toContain(`# It does not build.\n# skip: [${ids[2]}]\ngit bisect skip ${ids[2]}\n`)
  })
})
