/**
 * Bytes that a build may need in the cache: an O= folder of a kernel; three source trees of a stack, their copies and the
 * objects of the largest (EDK2: 0.7 GB), with room to spare.
 */
export const spaceNeeded = { kernel: 1024 ** 3, firmware: 2 * 1024 ** 3 }
