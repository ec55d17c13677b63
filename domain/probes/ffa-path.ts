import { bypass } from './ffa-path/bypass.ts'
import { callers } from './ffa-path/callers.ts'
import { efi } from './ffa-path/efi.ts'
import { refused } from './ffa-path/refused.ts'
import { rxtx } from './ffa-path/rxtx.ts'
import { viewOf } from './ffa-path/traced.ts'
import { version } from './ffa-path/version.ts'
import type { Probe } from './probe.ts'

const all = ['pass', 'fail', 'skip', 'unknown'] as const

/** Which way FF-A calls went, told by the SMC trace; where there is none, by what our probe module's own calls prove. */
export const ffaPath: Probe = {
  group: 'ffa-path',
  findings: [
    {
      id: 'ffa-path.callers',
      asks: 'Who made FF-A calls in the normal world, and which way did they go?',
      outcomes: ['pass', 'skip', 'unknown'],
      since: 4,
    },
    {
      id: 'ffa-path.bypass',
      asks: 'Do all FF-A calls go through pKVM once it took over?',
      outcomes: all,
      since: 4,
    },
    { id: 'ffa-path.version', asks: 'Did pKVM ever see an FFA_VERSION of its host?', outcomes: all, since: 4 },
    { id: 'ffa-path.rxtx', asks: 'Were the RX/TX buffers mapped through pKVM?', outcomes: all, since: 4 },
    { id: 'ffa-path.refused', asks: 'Does pKVM refuse no FF-A call by itself?', outcomes: all, since: 4 },
    {
      id: 'ffa-path.efi',
      asks: 'Do FF-A calls of EFI runtime code come back without an error?',
      outcomes: all,
      since: 4,
    },
  ],
  wants: [],
  config: [],
  judge(seen) {
    const view = viewOf(seen)
    return [callers(view), bypass(view), version(view), rxtx(view), refused(view), efi(view)]
  },
}
