/** A group of calls that a tracer can record. */
export type CallGroup = 'ffa' | 'psci' | 'trng'

/**
 * FF-A, function numbers from 0x60 on (DEN0077A 1.2: status 12, setup and discovery 13, CPU cycles 14, messages 15,
 * notifications 16; memory in DEN0140; the numbers as in include/linux/arm_ffa.h of Linux 7.3).
 */
const ffa =
  `ERROR SUCCESS INTERRUPT VERSION FEATURES RX_RELEASE RXTX_MAP RXTX_UNMAP PARTITION_INFO_GET ID_GET MSG_POLL MSG_WAIT
  YIELD RUN MSG_SEND MSG_SEND_DIRECT_REQ MSG_SEND_DIRECT_RESP MEM_DONATE MEM_LEND MEM_SHARE MEM_RETRIEVE_REQ
  MEM_RETRIEVE_RESP MEM_RELINQUISH MEM_RECLAIM MEM_OP_PAUSE MEM_OP_RESUME MEM_FRAG_RX MEM_FRAG_TX NORMAL_WORLD_RESUME
  NOTIFICATION_BITMAP_CREATE NOTIFICATION_BITMAP_DESTROY NOTIFICATION_BIND NOTIFICATION_UNBIND NOTIFICATION_SET
  NOTIFICATION_GET NOTIFICATION_INFO_GET RX_ACQUIRE SPM_ID_GET MSG_SEND2 SECONDARY_EP_REGISTER MEM_PERM_GET
  MEM_PERM_SET CONSOLE_LOG PARTITION_INFO_GET_REGS EL3_INTR_HANDLE MSG_SEND_DIRECT_REQ2 MSG_SEND_DIRECT_RESP2`.split(
    /\s+/,
  )

/** PSCI, function numbers from 0 on (DEN0022 5.1; include/uapi/linux/psci.h). */
const psci = `VERSION CPU_SUSPEND CPU_OFF CPU_ON AFFINITY_INFO MIGRATE MIGRATE_INFO_TYPE MIGRATE_INFO_UP_CPU SYSTEM_OFF
  SYSTEM_RESET FEATURES CPU_FREEZE CPU_DEFAULT_SUSPEND NODE_HW_STATE SYSTEM_SUSPEND SET_SUSPEND_MODE STAT_RESIDENCY
  STAT_COUNT SYSTEM_RESET2 MEM_PROTECT MEM_PROTECT_CHECK_RANGE SYSTEM_OFF2`.split(/\s+/)

/** TRNG, function numbers from 0x50 on (DEN0098 2; include/linux/arm-smccc.h). */
const trng = ['VERSION', 'FEATURES', 'GET_UUID', 'RND']

const groups: readonly { group: CallGroup; first: number; last: number; prefix: string; names: readonly string[] }[] = [
  { group: 'psci', first: 0x00, last: 0x1f, prefix: 'PSCI', names: psci },
  { group: 'trng', first: 0x50, last: 0x5f, prefix: 'TRNG', names: trng },
  { group: 'ffa', first: 0x60, last: 0xff, prefix: 'FFA', names: ffa },
]

/** Takes x0 of a call; returns its group, undefined for any other call. Only w0 counts, and 32 and 64 bit ids are the same function (DEN0028 2.5). */
export function callGroup(x0: bigint): CallGroup | undefined {
  return partOf(x0)?.group
}

/** Takes x0 of a call; returns the function's name without the width, e.g. `FFA_RXTX_MAP` for 0xc4000066; its number in hex where it has none. */
export function functionName(x0: bigint): string {
  const id = Number(BigInt.asUintN(32, x0))
  const part = partOf(x0)
  const name = part?.names[(id & 0xffff) - part.first]
  return part && name !== undefined ? `${part.prefix}_${name}` : `0x${id.toString(16).padStart(8, '0')}`
}

function partOf(x0: bigint): (typeof groups)[number] | undefined {
  const id = Number(BigInt.asUintN(32, x0))
  const number = id & 0xffff
  // Fast calls of the standard secure services (DEN0028 6): bit 31, owner 4, and bit 30 for 64 bit.
  if ((id & 0xbfff0000) >>> 0 !== 0x84000000) return undefined
  return groups.find(({ first, last }) => number >= first && number <= last)
}
