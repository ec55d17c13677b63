import type { Finding } from '../../finding.ts'
import { describeFact } from '../../lab-log/describe-fact.ts'
import type { NotedAbout } from '../../lab-log/lab-fact.ts'
import { citeLab } from '../cite-lab.ts'
import { fail, pass, unknown } from '../outcome.ts'

const id = 'lab.flash'

/**
 * Rests on what was read back: by the host from the medium, or by the board's boot loader from its own memory. A server's folder
 * that has a file proves nothing of the board. Facts: `files` that were proven, and `missing`, those that were not.
 */
export function flashFinding(facts: NotedAbout<'flash'>[]): Finding {
  const broken = facts.findLast((fact) => fact.is === 'broken')
  if (broken) return fail(id, broken.words || `${describeFact(broken)}.`, [citeLab(broken)])
  const names = [...new Set(facts.map(({ file }) => file ?? 'what was flashed'))]
  const proofs = names.map((name) => facts.findLast((one) => (one.file ?? 'what was flashed') === name && isProof(one)))
  const missing = names.filter((_, index) => proofs[index] === undefined)
  const [first, ...others] = proofs.flatMap((proof) => (proof ? [citeLab(proof)] : []))
  if (missing.length > 0) {
    const sentence = `Nothing shows that ${missing.join(' and ')} came to the board as it should be.`
    return unknown(id, sentence, facts.map(citeLab), { missing: missing.join(', ') })
  }
  if (!first) return unknown(id, 'Nothing shows that anything was flashed.')
  const sentence = `${names.join(' and ')} ${names.length === 1 ? 'was' : 'were'} read back as what the board was to boot.`
  return pass(id, capital(sentence), [first, ...others], { files: names.join(', ') })
}

function isProof({ is }: NotedAbout<'flash'>): boolean {
  return is === 'written' || is === 'loaded'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
