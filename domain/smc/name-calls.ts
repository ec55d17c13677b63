import type { SmcCall, SmcCaller } from './call.ts'
import { functionAt, functionRange, type SystemMap } from './system-map.ts'

/** The kernel's half of the address space, whatever its VA_BITS (36 to 52). */
const kernelHalf = 0xfff0_0000_0000_0000n
/**
 * Below it code runs where it was loaded: EDK2, U-Boot, and runtime code too, which the EFI stub leaves there with 48 bit
 * addresses (check_platform_features(), drivers/firmware/efi/libstub/arm64.c) and else maps from 512 MiB up
 * (EFI_RT_VIRTUAL_BASE, efi-stub.c). nVHE code is above: its addresses have the top bit of the virtual address space set
 * (compute_layout() in arch/arm64/kvm/va_layout.c; VA_BITS 39 at the least with 4K pages).
 */
const lowest = 1n << 38n
/** Kernel images are placed at multiples of it (MIN_KIMG_ALIGN in arch/arm64/include/asm/boot.h), so it does not change what stands below. */
const alignment = 1n << 21n
const hypText = { start: '__kvm_nvhe___hyp_text_start', end: '__kvm_nvhe___hyp_text_end' }
/** The functions through which the kernel makes SMCs (arch/arm64/kernel/smccc-call.S). */
const smcFunctions = ['arm_smccc_1_2_smc', '__arm_smccc_smc']

/**
 * Says who made each call, and in which function of the kernel or of pKVM where the kernel's System.map covers it. An image
 * that KASLR moved is found by the functions that make SMCs.
 * @param map of the kernel that was booted; without it callers are told but no functions
 */
export function nameCalls(calls: readonly SmcCall[], map?: SystemMap): SmcCall[] {
  const slide = map ? slideOf(calls, map) : 0n
  let kernelRuns = false
  return calls.map((call) => {
    const caller = callerOf(call, kernelRuns)
    if (caller === 'kernel') kernelRuns = true
    const symbol = map && symbolOf(call, caller, map, slide)
    return { ...call, caller, ...(symbol === undefined ? {} : { symbol }) }
  })
}

function callerOf({ from, secure, pc }: SmcCall, kernelRuns: boolean): SmcCaller {
  if (from === 3) return 'EL3'
  if (secure) return 'secure world'
  if (pc >= kernelHalf) return 'kernel'
  if (from === 2 && pc >= lowest) return 'pKVM'
  // Boot loaders run at EL2 where there is one, the kernel calls runtime code at its own level (Arm BBR, UEFI 2.3.6).
  return from === 1 || kernelRuns ? 'EFI runtime' : 'boot loader'
}

function symbolOf({ pc }: SmcCall, caller: SmcCaller, map: SystemMap, slide: bigint): string | undefined {
  if (caller === 'kernel') return functionAt(map, pc - slide)?.name
  if (caller !== 'pKVM') return undefined
  const start = functionRange(map, hypText.start)?.start
  const end = functionRange(map, hypText.end)?.start
  if (start === undefined || end === undefined) return undefined
  // pKVM maps the image's nVHE text at an address of its own choice, with the image's alignment kept.
  const address = start + (BigInt.asUintN(64, pc - start) % alignment)
  return address < end ? functionAt(map, address)?.name : undefined
}

/** How far KASLR moved the image, 0 where it did not or nothing shows it. */
function slideOf(calls: readonly SmcCall[], map: SystemMap): bigint {
  const addresses = calls.filter(({ pc, secure }) => !secure && pc >= kernelHalf).map(({ pc }) => pc)
  if (addresses.some((pc) => smcFunctions.includes(functionAt(map, pc)?.name ?? ''))) return 0n
  for (const name of smcFunctions) {
    const range = functionRange(map, name)
    if (!range) continue
    for (const pc of addresses) {
      const offset = BigInt.asUintN(64, pc - range.start) % alignment
      if (offset < range.end - range.start) return pc - offset - range.start
    }
  }
  return 0n
}
