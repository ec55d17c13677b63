import { isEqual } from '../bytes/bytes.ts'
import { digest } from '../digest/bank.ts'
import { measuredVariable } from './event-data.ts'
import type { TcgEvent } from './event-log.ts'

/**
 * What firmware may have hashed for an event, for the types whose digest the specification derives from the event's own
 * data (PC Client Platform Firmware Profile 1.06, 3.3.4 and table 27); undefined for all others, whose data only names
 * what was measured: images, firmware blobs, the boot loader's and the EFI stub's events. EV_EFI_VARIABLE_AUTHORITY is
 * not among them although the specification has it so: shim logs its own variables with the digest of something else.
 */
function hashedData({ typeName, data, isDataLost }: TcgEvent): Uint8Array[] | undefined {
  if (isDataLost) return undefined
  switch (typeName) {
    case 'EV_SEPARATOR':
      // After an error the separator's digest is that of the number 1 and its data tells the error.
      return [data, Uint8Array.of(1, 0, 0, 0)]
    case 'EV_ACTION':
    case 'EV_EFI_ACTION':
    case 'EV_S_CRTM_VERSION':
    case 'EV_EFI_VARIABLE_DRIVER_CONFIG':
    case 'EV_EFI_VARIABLE_BOOT2':
      return [data]
    case 'EV_EFI_VARIABLE_BOOT': {
      // Before 1.05 of the profile the variable's value alone was hashed (EDK2 does so), since then the whole structure.
      const variable = measuredVariable(data)
      return variable ? [variable.data, data] : undefined
    }
    default:
      return undefined
  }
}

/** The digests that an event of this data may have in a bank; undefined where its type or bank does not let one recompute them. */
export function recomputedDigests(event: TcgEvent, bank: string): Uint8Array[] | undefined {
  const digests = hashedData(event)?.map((data) => digest(bank, data))
  return digests?.every((each) => each !== undefined) ? digests : undefined
}

/** Whether an event was logged with a digest that its own data does not have; false where that cannot be told. */
export function contradictsItsData(event: TcgEvent): boolean {
  return event.digests.some(({ bank, digest: logged }) => {
    const possible = recomputedDigests(event, bank)
    return possible !== undefined && !possible.some((each) => isEqual(each, logged))
  })
}
