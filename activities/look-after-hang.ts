import type { LabPlace } from '../domain/lab/inventory.ts'
import { labLog } from '../targets/lab-log.ts'
import type { BootEnd } from '../targets/boot-order.ts'
import type { OpenPlace } from '../targets/place/place.ts'
import { notedLook } from './look-at-place.ts'

/**
 * A board that fell silent behind an outlet that is on may have hung, or may be a machine that is dead: it is switched off and on
 * again, and what it does then is noted. It ends off.
 * @param folder the attempt's own
 */
export async function lookAfterHang(
  { host, leftOn }: BootEnd,
  open: OpenPlace,
  place: LabPlace,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  // One that was left as it is would be that no longer.
  if (host.stop !== 'silence' || leftOn || !open.power) return
  // Loaded here, because few boots hang.
  const { checkHealth } = await import('../targets/place/check-health.ts')
  // An ill place is noted; a look that was cut off shows nothing, and takes away nothing of what the boot showed.
  await notedLook(labLog(folder), place.name, () => checkHealth(open, place, signal)).catch(() => undefined)
}
