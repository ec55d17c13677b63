/** Who speaks on a console: the normal world, or one of the exception levels of the firmware beside it. */
export const worlds = ['NS', 'EL3', 'S-EL2', 'S-EL1'] as const
export type World = (typeof worlds)[number]
