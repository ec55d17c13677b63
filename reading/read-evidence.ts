import type { Evidence } from '../domain/evidence/evidence.ts'
import type { CellNight } from '../domain/night/cell-night.ts'
import { runDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'

/** A cause with what it rests on. */
export interface CauseEvidence {
  /** The finding's id. */
  id: string
  evidence: Evidence[]
}

/**
 * Reads what the failures of a run rest on.
 * @returns finds the evidence of what a cell failed by, cause by cause, in the first attempt that shows it
 */
export async function readEvidence(store: Store, run: number): Promise<(night: CellNight) => CauseEvidence[]> {
  const { cells } = await runDetail(store, run)
  const byResult = new Map(cells.map(({ number, attempts }) => [`${run}.${number}`, attempts]))
  return ({ result, failing }) => {
    const findings = (byResult.get(result) ?? []).flatMap(({ end }) => end?.findings ?? [])
    return failing.flatMap(({ id, sentence }) => {
      const found = findings.find((finding) => finding.id === id && finding.sentence === sentence)
      return found ? [{ id, evidence: found.evidence }] : []
    })
  }
}
