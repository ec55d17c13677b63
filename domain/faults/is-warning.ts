import type { Signature } from '../signatures/signature.ts'

/**
 * What mm/oom_kill.c (6.18.5) says of a memory cgroup that came to its own limit: dump_oom_summary() names the constraint,
 * __oom_kill_process() whose memory it was; the function stands in the call trace.
 */
const ofCgroup = /\bCONSTRAINT_MEMCG\b|^Memory cgroup out of memory: |\bmem_cgroup_out_of_memory\+0x/

/** What U-Boot says of a boot command or a load that failed; it goes on with the next one that it is given (boot/bootm.c, cmd/bootflow.c), or tries again (net/net.c net_start_again()). */
const triedAgain = ['uboot.no-boot', 'uboot.no-network']

/** Takes the messages of a report; returns whether it is of a memory cgroup that came to its limit, the machine having memory left. */
export function isOfMemoryCgroup(report: readonly string[]): boolean {
  return report.some((message) => ofCgroup.test(message))
}

/**
 * Takes the signature of a fault, the messages of its report, and what says whether a kernel came after it in the same boot;
 * returns whether it is no more than a warning: what it tells of was meant to be survived, or was made up for. In the place
 * of what TF-A and OP-TEE could not load nothing comes, so that stays a fault.
 */
export function isWarning({ id, fault }: Signature, report: readonly string[], kernelCame: () => boolean): boolean {
  if (fault === 'oom') return isOfMemoryCgroup(report)
  return fault === 'warn' || (triedAgain.includes(id) && kernelCame())
}
