// Sticky: `VM %x: ` of src/dlog.c dlog_flush_vm_buffer() up to Hafnium 2.9, `[%x %u] ` with the vCPU's number since then.
// Bit 15 of an id tells the partitions of the secure world (DEN0077A 6.1).
const prefix = /(?:VM [89a-f][0-9a-f]{3}: |\[[89a-f][0-9a-f]{3} \d{1,3}\] )/y
const letterV = 0x56
const bracket = 0x5b

/**
 * Takes the text of a console line; returns the index behind the prefix that Hafnium puts before what a secure partition
 * says by a hypercall, `VM 8001: ` or `[8001 0] `; 0 where there is none.
 */
export function partitionStart(text: string): number {
  const first = text.charCodeAt(0)
  if (first !== letterV && first !== bracket) return 0
  prefix.lastIndex = 0
  return prefix.test(text) ? prefix.lastIndex : 0
}
