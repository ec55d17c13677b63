import type { Evidence } from '../../evidence/evidence.ts'
import type { FactValue } from '../../finding.ts'
import type { Sighting } from '../../signatures/sighting.ts'

/** That no driver took the TPM, as far as a line or a record shows it, in words and facts. */
export interface Loss {
  /** The line that shows it, where a line does. */
  line?: Sighting
  sentence: string
  evidence: Evidence[]
  facts: Record<string, FactValue>
}
