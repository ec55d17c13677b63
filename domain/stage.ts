/** The named parts of a boot, in the order in which they can come. */
export const stages = ['power', 'bl1', 'bl2', 'bl31', 'spmc', 'bl33', 'kernel', 'init', 'probes', 'off'] as const
export type Stage = (typeof stages)[number]
