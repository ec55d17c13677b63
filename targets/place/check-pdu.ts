import { LabError } from '../../domain/errors.ts'
import type { LabPlace } from '../../domain/lab/inventory.ts'
import type { PduSpec } from '../../domain/lab/pdu-spec.ts'
import { askPdu } from '../board/power/http-request.ts'
import type { PowerSwitch } from '../board/power/power.ts'
import { NotTried, tryLine, type Checked } from './check-line.ts'

/**
 * Tries one PDU by asking its outlets, one at a time. The first that answers shows that the PDU does; when the PDU itself gives no
 * answer, its own line is wrong, and the outlets are not asked one after the other in vain.
 */
export class PduCheck {
  readonly #pdu: PduSpec
  readonly #told: (checked: Checked) => void
  readonly #signal: AbortSignal
  #turn: Promise<unknown> = Promise.resolve()
  #known: 'answers' | 'silent' | undefined

  /** @param told gets the PDU's line once it is known */
  constructor(pdu: PduSpec, told: (checked: Checked) => void, signal: AbortSignal) {
    this.#pdu = pdu
    this.#told = told
    this.#signal = signal
  }

  /** Asks a place's outlet. @returns what it says: one sentence. @throws LabError PlaceBroken, NotTried */
  async ask({ power }: LabPlace, { state }: Pick<PowerSwitch, 'state'>): Promise<string> {
    const turn = this.#turn.then(() => this.#ask(power!.outlet, state))
    this.#turn = turn.catch(() => undefined)
    return await turn
  }

  /** Says of a PDU whose outlets nobody could ask that it was not tried. */
  end(why: string): void {
    if (this.#known === undefined) this.#tell('skipped', why)
  }

  async #ask(outlet: string, state: PowerSwitch['state']): Promise<string> {
    const { name } = this.#pdu
    if (this.#known === undefined && this.#pdu.kind === 'pdudaemon') await this.#reach(this.#pdu)
    if (this.#known === 'silent') throw new NotTried(`Not asked: PDU ${name} does not answer.`)
    let said: string
    try {
      said = await state(this.#signal)
    } catch (error) {
      this.#signal.throwIfAborted()
      // What may succeed when it is tried again did not come to the outlet.
      if (!(error instanceof LabError) || !error.retryable || this.#known !== undefined) throw error
      this.#known = 'silent'
      this.#tell('broken', error.message)
      throw new NotTried(`Not asked: PDU ${name} does not answer.`)
    }
    if (this.#known === undefined) this.#tell('fine', 'It answers.')
    this.#known = 'answers'
    if (said !== 'unknown') return `Outlet ${outlet} of ${name} says ${said}.`
    throw new NotTried(`Outlet ${outlet} of ${name} cannot be asked: only silent consoles tell that it is off.`)
  }

  async #reach(pdu: PduSpec & { kind: 'pdudaemon' }): Promise<void> {
    const checked = await tryLine(pdu.at, `PDU ${pdu.name}`, () => reachDaemon(pdu, this.#signal), this.#signal)
    this.#known = checked.outcome === 'fine' ? 'answers' : 'silent'
    this.#told(checked)
  }

  #tell(outcome: Checked['outcome'], said: string): void {
    this.#told({ at: this.#pdu.at, what: `PDU ${this.#pdu.name}`, outcome, said })
  }
}

/** It has no page that changes nothing, so that its refusal of any other shows that it is there. */
async function reachDaemon({ name, url }: PduSpec & { kind: 'pdudaemon' }, signal: AbortSignal): Promise<string> {
  try {
    await askPdu({ whom: `pdudaemon of PDU ${name}`, url: new URL(url), method: 'GET' }, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LabError) || error.retryable) throw error
  }
  return `pdudaemon is reached at ${url}; it cannot be asked what an outlet is.`
}
