import { deferred, devicesDeferred } from './order/deferred.ts'
import { ffaBeforeKvm } from './order/ffa-before-kvm.ts'
import { imaTpm } from './order/ima-tpm.ts'
import { initcalls } from './order/initcalls.ts'
import { uefiCerts } from './order/uefi-certs.ts'
import type { Probe } from './probe.ts'

/** Who came first: the FF-A driver or pKVM, the TPM or IMA; what was put off, and what never came. */
export const order: Probe = {
  group: 'order',
  findings: [
    {
      id: 'order.ffa-before-kvm',
      asks: 'Did the FF-A driver wait until pKVM stood between it and the firmware?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'order.initcalls',
      asks: 'When were the deciding initcalls called, and what did they return?',
      outcomes: ['pass', 'unknown'],
      since: 1,
    },
    {
      id: 'order.deferred',
      asks: 'Was every device that a driver put off decided in the end, and after how long?',
      outcomes: ['pass', 'fail', 'unknown'],
      since: 5,
    },
    {
      id: 'order.ima-tpm',
      asks: 'Was a TPM there when IMA started?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
    {
      id: 'order.uefi-certs',
      asks: 'Did pKVM know an FF-A version when load_uefi_certs asked the firmware for its keys?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
  ],
  wants: [{ kind: 'file', path: devicesDeferred }],
  config: ['ARM_FFA_TRANSPORT', 'IMA', 'LOAD_UEFI_KEYS'],
  judge: (seen) => [ffaBeforeKvm(seen), initcalls(seen), deferred(seen), imaTpm(seen), uefiCerts(seen)],
}
