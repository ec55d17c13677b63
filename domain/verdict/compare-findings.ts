import { isDeepEqual } from '../deep-equal.ts'
import type { Finding } from '../finding.ts'

/** How a finding differs between two judgements of the same attempt. */
export interface FindingChange {
  id: string
  /** `outcome`: it came out differently; `words`: the same outcome for other reasons; `new` and `gone`: only one judgement has it. */
  kind: 'outcome' | 'words' | 'new' | 'gone'
  before?: Finding
  after?: Finding
  /** Which parts differ, where both have it. */
  parts: ('outcome' | 'sentence' | 'facts' | 'evidence' | 'because')[]
}

const parts = ['outcome', 'sentence', 'facts', 'evidence', 'because'] as const

/** Takes the findings of two judgements of one attempt; returns what differs, in the order of the later one, what is gone last. */
export function compareFindings(before: readonly Finding[], after: readonly Finding[]): FindingChange[] {
  const changes = after.flatMap((finding): FindingChange[] => {
    const former = before.find(({ id }) => id === finding.id)
    if (!former) return [{ id: finding.id, kind: 'new', after: finding, parts: [] }]
    const different = parts.filter((part) => !isDeepEqual(former[part], finding[part]))
    if (different.length === 0) return []
    const kind = different.includes('outcome') ? 'outcome' : 'words'
    return [{ id: finding.id, kind, before: former, after: finding, parts: different }]
  })
  const gone = before.filter(({ id }) => !after.some((finding) => finding.id === id))
  return [
    ...changes,
    ...gone.map((finding): FindingChange => ({ id: finding.id, kind: 'gone', before: finding, parts: [] })),
  ]
}
