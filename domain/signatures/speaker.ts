import { partitionStart } from '../console/partition-prefix.ts'
import type { World } from '../world.ts'

/**
 * Takes the text of a console line, cleaned; returns who says it, told by the prefix that each world puts before its
 * lines: TF-A pads to nine columns (plat/common/plat_log_common.c), Hafnium uses one blank (src/dlog.c), OP-TEE and
 * its TAs write `<level>/<who>:` (lib/libutils/ext/trace.c). Everything else, boot loaders and user space included, is
 * the normal world. TF-A's `WARNING: ` cannot be told from Hafnium's and counts as EL3. The stage
 * that TF-A puts first in many lines tells it where a web page took its blanks away. Hafnium says for its partitions who they are.
 */
export function speakerOf(text: string): World {
  if (partitionStart(text) > 0) return 'S-EL1'
  if (text.startsWith('[')) return 'NS'
  if (/^[EIDFM]\/(?:TC|TA|LD|SP)\b/.test(text)) return 'S-EL1'
  if (/^(?:ERROR|NOTICE|WARNING|INFO|VERBOSE): (?: +\S|BL[1-3]|Booting Trusted Firmware)|^WARNING: \S/.test(text))
    return 'EL3'
  if (/^(?:ERROR|NOTICE|INFO|VERBOSE): \S/.test(text)) return 'S-EL2'
  return 'NS'
}
